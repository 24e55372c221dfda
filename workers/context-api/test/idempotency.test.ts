import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { refused, rows, send } from "./client";

const note = { venture: "alpha", title: "once", body: "only" };
const headers = { "idempotency-key": "key-1" };

it.each([
  ["/v1/sessions", { venture: "alpha", agent: "crab" }],
  ["/v1/handoffs", { venture: "alpha", summary: "s", body: "b" }],
  ["/v1/notes", note],
])("answers a repeat of %s with the stored answer", async (path, fields) => {
  const first = await send("POST", path, fields, headers);
  const after = await rows();
  const second = await send("POST", path, fields, headers);
  expect(second).toMatchObject({ status: 201, body: first.body });
  expect(first.headers.get("idempotency-replayed")).toBeNull();
  expect(second.headers.get("idempotency-replayed")).toBe("true");
  expect(await rows()).toEqual(after);
});

it("creates twice without a key", async () => {
  const [a, b] = [await send("POST", "/v1/notes", note), await send("POST", "/v1/notes", note)];
  expect(a.body.id).not.toBe(b.body.id);
});

it("refuses the key for another body or another route", async () => {
  await send("POST", "/v1/notes", note, headers);
  const other = () => send("POST", "/v1/notes", { ...note, title: "twice" }, headers);
  await refused(other, 409, "idempotency_conflict", /used for another request/);
  const elsewhere = () => send("POST", "/v1/handoffs", note, headers);
  await refused(elsewhere, 409, "idempotency_conflict", /used for another request/);
});

it("keeps no answer of a refused request", async () => {
  await refused(() => send("POST", "/v1/notes", { ...note, title: "" }, headers), 400, "invalid", /^title/);
  expect((await send("POST", "/v1/notes", note, headers)).status).toBe(201);
});

it("creates once for many at the same moment", async () => {
  const answers = await Promise.all(Array.from({ length: 8 }, () => send("POST", "/v1/notes", note, headers)));
  expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(201));
  expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
  expect(await env.DB.prepare("SELECT count(*) AS n FROM notes").first("n")).toBe(1);
});

it("stores no answer when the effect fails", async () => {
  await env.DB.exec("DROP TABLE notes_fts");
  const answer = await send("POST", "/v1/notes", note, headers);
  expect(answer).toMatchObject({ status: 500, body: { error: { code: "internal", message: "internal error" } } });
  for (const table of ["notes", "idempotency"]) {
    expect(await env.DB.prepare(`SELECT count(*) AS n FROM ${table}`).first("n")).toBe(0);
  }
});

it.each([[""], ["two words"], ["x".repeat(129)]])("refuses the key %j", async (key) => {
  const create = () => send("POST", "/v1/notes", note, { "idempotency-key": key });
  await refused(create, 400, "invalid", /^Idempotency-Key must be/);
});
