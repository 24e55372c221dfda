import { json } from "@crane/shared/json";
import { Refusal } from "@crane/shared/refusal";
import type { Call } from "@crane/shared/router";
import { expire } from "./expiry";
import { count, invalid } from "./fields";
import { remove } from "./notes";
import { COLUMNS, type Session } from "./sessions";

/** listSessions answers the newest sessions, of one status when it is given. */
export async function listSessions(call: Call<Env>): Promise<Response> {
  const status = call.url.searchParams.get("status");
  if (status !== null && !["active", "ended", "expired"].includes(status)) {
    throw invalid("status must be active, ended or expired");
  }
  const limit = count(call.url.searchParams.get("limit"), "limit", 50, 200);
  const { results } = await call.env.DB.prepare(
    `SELECT ${COLUMNS} FROM sessions WHERE ?1 IS NULL OR status = ?1 ORDER BY started_at DESC, id LIMIT ?2`,
  )
    .bind(status, limit)
    .all<Session>();
  return json({ sessions: results });
}

/** expireSessions does now what the cron does for sessions. */
export async function expireSessions(call: Call<Env>): Promise<Response> {
  return json({ expired: await expire(call.env, call.now) });
}

/** removeNote deletes a note for good. */
export async function removeNote(call: Call<Env>): Promise<Response> {
  const results = await call.env.DB.batch(remove(call.env.DB, call.id));
  if (results.at(-1)?.meta.changes === 0) {
    throw new Refusal(404, "not_found", "no such note");
  }
  return new Response(null, { status: 204, headers: { "cache-control": "no-store" } });
}
