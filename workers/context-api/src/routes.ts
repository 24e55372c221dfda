import { health, version } from "@crane/shared/health";
import { route } from "@crane/shared/router";
import { admin, agent } from "./access";
import { expireSessions, listSessions, removeNote } from "./admin";
import { createHandoff, latestHandoff } from "./handoffs";
import { creates } from "./idempotency";
import { createNote, readNote } from "./notes";
import { searchNotes } from "./search";
import { beat, end, start } from "./sessions";

/** routes is everything this Worker answers, and to whom. */
export const routes = [
  route<Env>("GET", "/health", ({ env }) => health(env, { DB: env.DB })),
  route<Env>("GET", "/version", ({ env }) => version("context-api", env)),

  route("POST", "/v1/sessions", agent(creates(start))),
  route("POST", "/v1/sessions/:id/heartbeat", agent(beat)),
  route("POST", "/v1/sessions/:id/end", agent(end)),

  route("POST", "/v1/handoffs", agent(creates(createHandoff))),
  route("GET", "/v1/handoffs/latest", agent(latestHandoff)),

  route("POST", "/v1/notes", agent(creates(createNote))),
  route("GET", "/v1/notes/search", agent(searchNotes)),
  route("GET", "/v1/notes/:id", agent(readNote)),

  route("GET", "/v1/admin/sessions", admin(listSessions)),
  route("POST", "/v1/admin/sessions/expire", admin(expireSessions)),
  route("DELETE", "/v1/admin/notes/:id", admin(removeNote)),
];
