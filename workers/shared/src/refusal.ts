import { json } from "./json";

/**
 * Refusal is a request turned down on purpose. It is thrown before anything is
 * written, and answered as `{"error":{"code","message"}}`.
 */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly headers: Record<string, string> = {},
  ) {
    super(message);
    this.name = "Refusal";
  }
}

/** refuse answers for an error. What is not a Refusal is logged, and told to nobody. */
export function refuse(error: unknown): Response {
  if (error instanceof Refusal) {
    const { status, code, message, headers } = error;
    return json({ error: { code, message } }, status, headers);
  }
  console.error(JSON.stringify({ message: "unexpected error", error: String(error) }));
  return json({ error: { code: "internal", message: "internal error" } }, 500);
}
