import { readOptional } from "@crane/shared/body";
import { json } from "@crane/shared/json";
import { Refusal } from "@crane/shared/refusal";
import type { Call } from "@crane/shared/router";
import { type Fields, known, optionalText, slug, text } from "./fields";
import { MAX_BODY, type Plan } from "./idempotency";

/** Session is one agent at work, as it is answered. Times are ISO 8601, UTC. */
export interface Session {
  id: string;
  venture: string;
  agent: string;
  host: string | null;
  branch: string | null;
  status: "active" | "ended" | "expired";
  summary: string | null;
  startedAt: string;
  heartbeatAt: string;
  endedAt: string | null;
}

/** COLUMNS selects a row as a Session. */
export const COLUMNS = `id, venture, agent, host, branch, status, summary,
  started_at AS startedAt, heartbeat_at AS heartbeatAt, ended_at AS endedAt`;

/** start plans a new session. */
export async function start(call: Call<Env>, fields: Fields): Promise<Plan> {
  known(fields, "venture", "agent", "host", "branch");
  const now = call.now.toISOString();
  const session: Session = {
    id: crypto.randomUUID(),
    venture: slug(fields, "venture"),
    agent: text(fields, "agent", 100),
    host: optionalText(fields, "host", 253),
    branch: optionalText(fields, "branch", 250),
    status: "active",
    summary: null,
    startedAt: now,
    heartbeatAt: now,
    endedAt: null,
  };
  return { body: session, effects: [insert(call.env.DB, session)] };
}

/** beat keeps an active session alive. */
export async function beat(call: Call<Env>): Promise<Response> {
  const update = `UPDATE sessions SET heartbeat_at = ? WHERE id = ? AND status = 'active' RETURNING ${COLUMNS}`;
  return change(call, call.env.DB.prepare(update).bind(call.now.toISOString(), call.id));
}

/** end closes an active session; the body, with its summary, may be left out. */
export async function end(call: Call<Env>): Promise<Response> {
  const fields = await readOptional(call.request, MAX_BODY);
  known(fields, "summary");
  const update = `UPDATE sessions SET status = 'ended', ended_at = ?, summary = ?
    WHERE id = ? AND status = 'active' RETURNING ${COLUMNS}`;
  const values = [call.now.toISOString(), optionalText(fields, "summary", 2000), call.id];
  return change(call, call.env.DB.prepare(update).bind(...values));
}

/** change answers the session that an update returned, or says why there is none. */
async function change(call: Call<Env>, update: D1PreparedStatement): Promise<Response> {
  const session = await update.first<Session>();
  if (session) {
    return json(session);
  }
  const query = call.env.DB.prepare("SELECT status FROM sessions WHERE id = ?").bind(call.id);
  const status = await query.first<string>("status");
  if (status === null) {
    throw new Refusal(404, "not_found", "no such session");
  }
  throw new Refusal(409, `session_${status}`, `the session has ${status}; start another`);
}

function insert(db: D1Database, s: Session): D1PreparedStatement {
  return db
    .prepare(
      `INSERT INTO sessions (id, venture, agent, host, branch, status, started_at, heartbeat_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .bind(s.id, s.venture, s.agent, s.host, s.branch, s.status, s.startedAt, s.heartbeatAt);
}
