import { Refusal } from "@crane/shared/refusal";
import { type Delivery, settle } from "./deliveries";

/**
 * forward sends a delivery's note to context-api and reports whether it is
 * there now. The delivery's id is the Idempotency-Key, so an attempt whose
 * answer was lost makes no second note.
 */
export async function forward(env: Env, delivery: Delivery, now: Date): Promise<boolean> {
  if (delivery.note === null || delivery.forwardedAt !== null) {
    return delivery.forwardedAt !== null;
  }
  const error = await post(env, delivery.id, delivery.note);
  await settle(env.DB, delivery.id, error, now);
  if (error !== null) {
    throw new Refusal(502, "forward_failed", `the delivery is stored, but context-api ${error}; redeliver it`);
  }
  return true;
}

/** post answers null when context-api took the note, else a short reason. */
async function post(env: Env, id: string, note: string): Promise<string | null> {
  try {
    const response = await env.CONTEXT_API.fetch("https://context-api/v1/notes", {
      method: "POST",
      headers: {
        authorization: `Bearer ${env.CONTEXT_KEY}`,
        "content-type": "application/json",
        "idempotency-key": id,
      },
      body: note,
      signal: AbortSignal.timeout(10_000),
    });
    await response.body?.cancel();
    return response.ok ? null : `answered ${response.status}`;
  } catch (error) {
    return `could not be reached: ${String(error).slice(0, 100)}`;
  }
}
