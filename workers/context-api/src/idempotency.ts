import { parseObject, readBody } from "@crane/shared/body";
import { json } from "@crane/shared/json";
import { Refusal } from "@crane/shared/refusal";
import type { Call, Handler } from "@crane/shared/router";
import { type Fields, invalid } from "./fields";

/** MAX_BODY is the largest request body, in bytes. */
export const MAX_BODY = 64 * 1024;

/** Plan is a checked creation: the answer, and the statements that make it true. */
export interface Plan {
  readonly body: object;
  readonly effects: readonly D1PreparedStatement[];
}

/**
 * creates carries out a plan and answers 201. With an Idempotency-Key the
 * answer is stored in the very batch of its effects, so that a repeat can
 * neither find one without the other nor create twice.
 */
export function creates(plan: (call: Call<Env>, fields: Fields) => Promise<Plan>): Handler<Env> {
  return async (call) => {
    const bytes = await readBody(call.request, MAX_BODY);
    const key = keyOf(call.request);
    if (key === null) {
      const { body, effects } = await plan(call, parseObject(bytes));
      await call.env.DB.batch([...effects]);
      return json(body, 201);
    }
    const digest = await fingerprint(call, bytes);
    const stored = await replay(call.env.DB, key, digest);
    return stored ?? once(call, key, digest, await plan(call, parseObject(bytes)));
  };
}

/** once commits a plan under its key. Of two at the same moment one loses, and gets the other's answer. */
async function once(call: Call<Env>, key: string, digest: string, { body, effects }: Plan): Promise<Response> {
  const db = call.env.DB;
  const keep = db
    .prepare("INSERT INTO idempotency (key, request, response, created_at) VALUES (?, ?, ?, ?)")
    .bind(key, digest, JSON.stringify(body), call.now.toISOString());
  try {
    await db.batch([keep, ...effects]);
    return json(body, 201);
  } catch (error) {
    const winner = await replay(db, key, digest);
    if (winner) {
      return winner;
    }
    throw error;
  }
}

async function replay(db: D1Database, key: string, digest: string): Promise<Response | null> {
  const row = await db
    .prepare("SELECT request, response FROM idempotency WHERE key = ?")
    .bind(key)
    .first<{ request: string; response: string }>();
  if (row && row.request !== digest) {
    throw new Refusal(409, "idempotency_conflict", "this Idempotency-Key was used for another request");
  }
  return row && json(JSON.parse(row.response), 201, { "idempotency-replayed": "true" });
}

function keyOf(request: Request): string | null {
  const key = request.headers.get("idempotency-key");
  if (key !== null && !/^[\x21-\x7e]{1,128}$/.test(key)) {
    throw invalid("Idempotency-Key must be 1 to 128 visible ASCII characters");
  }
  return key;
}

/** fingerprint tells requests apart: the same key on another route is another request. */
async function fingerprint(call: Call<Env>, bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const whole = new Blob([`${call.request.method} ${call.url.pathname}\n`, bytes]);
  return new Uint8Array(await crypto.subtle.digest("SHA-256", await whole.arrayBuffer())).toHex();
}
