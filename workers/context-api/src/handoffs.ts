import { json } from "@crane/shared/json";
import { Refusal } from "@crane/shared/refusal";
import type { Call } from "@crane/shared/router";
import { type Fields, invalid, known, optionalText, slug, text } from "./fields";
import type { Plan } from "./idempotency";

/** Handoff is what one session leaves for the next of its venture. */
export interface Handoff {
  id: string;
  sessionId: string | null;
  venture: string;
  summary: string;
  body: string;
  createdAt: string;
}

/** createHandoff plans a handoff; a session it names must exist and be of the same venture. */
export async function createHandoff(call: Call<Env>, fields: Fields): Promise<Plan> {
  known(fields, "sessionId", "venture", "summary", "body");
  const handoff: Handoff = {
    id: crypto.randomUUID(),
    sessionId: optionalText(fields, "sessionId", 36),
    venture: slug(fields, "venture"),
    summary: text(fields, "summary", 1000),
    body: text(fields, "body", 60_000),
    createdAt: call.now.toISOString(),
  };
  await checkSession(call.env.DB, handoff);
  return { body: handoff, effects: [insert(call.env.DB, handoff)] };
}

/** latestHandoff answers the newest handoff of a venture, or 404. */
export async function latestHandoff(call: Call<Env>): Promise<Response> {
  const venture = slug(Object.fromEntries(call.url.searchParams), "venture");
  const handoff = await call.env.DB.prepare(
    `SELECT id, session_id AS sessionId, venture, summary, body, created_at AS createdAt
     FROM handoffs WHERE venture = ? ORDER BY seq DESC LIMIT 1`,
  )
    .bind(venture)
    .first<Handoff>();
  if (!handoff) {
    throw new Refusal(404, "not_found", "this venture has no handoff");
  }
  return json(handoff);
}

async function checkSession(db: D1Database, { sessionId, venture }: Handoff): Promise<void> {
  if (sessionId === null) {
    return;
  }
  const owner = await db.prepare("SELECT venture FROM sessions WHERE id = ?").bind(sessionId).first<string>("venture");
  if (owner === null) {
    throw new Refusal(404, "not_found", "no such session");
  }
  if (owner !== venture) {
    throw invalid("the session is of another venture");
  }
}

function insert(db: D1Database, h: Handoff): D1PreparedStatement {
  return db
    .prepare("INSERT INTO handoffs (id, session_id, venture, summary, body, created_at) VALUES (?, ?, ?, ?, ?, ?)")
    .bind(h.id, h.sessionId, h.venture, h.summary, h.body, h.createdAt);
}
