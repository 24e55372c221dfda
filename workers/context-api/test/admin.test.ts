import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { asAdmin, refused, send } from "./client";

const admin = (method: string, path: string) => send(method, `/v1/admin${path}`, undefined, asAdmin);
const begin = async (agent: string) => (await send("POST", "/v1/sessions", { venture: "alpha", agent })).body;

it("lists sessions, the newest first, by status", async () => {
  const first = await begin("one");
  await env.DB.prepare("UPDATE sessions SET started_at = '2020-01-01T00:00:00.000Z'").run();
  await begin("two");
  await send("POST", `/v1/sessions/${first.id}/end`);
  const agents = async (query: string) =>
    (await admin("GET", `/sessions${query}`)).body.sessions.map((s: any) => s.agent);
  expect(await agents("")).toEqual(["two", "one"]);
  expect(await agents("?status=ended")).toEqual(["one"]);
  expect(await agents("?limit=1")).toEqual(["two"]);
});

it("refuses an unknown status or limit", async () => {
  await refused(
    () => admin("GET", "/sessions?status=gone"),
    400,
    "invalid",
    /^status must be active, ended or expired$/,
  );
  await refused(() => admin("GET", "/sessions?limit=201"), 400, "invalid", /^limit/);
});

it("expires stale sessions now", async () => {
  await begin("stale");
  await env.DB.prepare("UPDATE sessions SET heartbeat_at = '2020-01-01T00:00:00.000Z'").run();
  await begin("fresh");
  expect(await admin("POST", "/sessions/expire")).toMatchObject({ status: 200, body: { expired: 1 } });
  expect(await admin("POST", "/sessions/expire")).toMatchObject({ status: 200, body: { expired: 0 } });
});

it("removes a note and what the index knows of it", async () => {
  const { id } = (await send("POST", "/v1/notes", { venture: "alpha", title: "secret", body: "plan" })).body;
  expect(await admin("DELETE", `/notes/${id}`)).toMatchObject({ status: 204, body: null });
  expect((await send("GET", `/v1/notes/${id}`)).status).toBe(404);
  expect((await send("GET", "/v1/notes/search?q=plan")).body.notes).toEqual([]);
  await env.DB.exec("INSERT INTO notes_fts (notes_fts, rank) VALUES ('integrity-check', 1)");
  await refused(() => admin("DELETE", `/notes/${id}`), 404, "not_found", /^no such note$/);
});
