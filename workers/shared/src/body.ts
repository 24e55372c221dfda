import { Refusal } from "./refusal";

/** readBody reads a JSON request's bytes, at most `limit` of them, and buffers no more than that. */
export async function readBody(request: Request, limit: number): Promise<Uint8Array<ArrayBuffer>> {
  checkType(request);
  return collect(request, limit);
}

/** readOptional reads a JSON object that may be left out, and then is empty. */
export async function readOptional(request: Request, limit: number): Promise<Record<string, unknown>> {
  const bytes = await collect(request, limit);
  if (bytes.byteLength === 0) {
    return {};
  }
  checkType(request);
  return parseObject(bytes);
}

/** parseObject decodes bytes as one JSON object. */
export function parseObject(bytes: Uint8Array): Record<string, unknown> {
  const value = parse(bytes);
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new Refusal(400, "malformed_json", "the body must be a JSON object");
  }
  return value as Record<string, unknown>;
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: false }).decode(bytes));
  } catch {
    throw new Refusal(400, "malformed_json", "the body is not valid JSON");
  }
}

function checkType(request: Request): void {
  const type = request.headers.get("content-type") ?? "";
  if (type.split(";")[0]?.trim().toLowerCase() !== "application/json") {
    throw new Refusal(415, "unsupported_media_type", "the content type must be application/json");
  }
}

async function collect(request: Request, limit: number): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.byteLength;
    if (size > limit) {
      throw new Refusal(413, "too_large", `the body is over ${limit / 1024} KB`);
    }
    chunks.push(chunk);
  }
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}
