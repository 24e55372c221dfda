import { expect, it } from "vitest";
import { refused, send } from "./client";

const handoff = { venture: "alpha", summary: "half done", body: "the rest is in src/" };

it("answers the latest of the venture", async () => {
  await send("POST", "/v1/handoffs", handoff);
  const { status, body } = await send("POST", "/v1/handoffs", { ...handoff, summary: "done" });
  expect(status).toBe(201);
  expect(body).toMatchObject({ ...handoff, summary: "done", sessionId: null });
  await send("POST", "/v1/handoffs", { ...handoff, venture: "beta" });

  const latest = await send("GET", "/v1/handoffs/latest?venture=alpha");
  expect(latest).toMatchObject({ status: 200, body });
});

it("belongs to a session, even an ended one", async () => {
  const session = (await send("POST", "/v1/sessions", { venture: "alpha", agent: "crab" })).body;
  await send("POST", `/v1/sessions/${session.id}/end`);
  const { status, body } = await send("POST", "/v1/handoffs", { ...handoff, sessionId: session.id });
  expect(status).toBe(201);
  expect(body.sessionId).toBe(session.id);
});

it("refuses a session of another venture", async () => {
  const session = (await send("POST", "/v1/sessions", { venture: "beta", agent: "crab" })).body;
  const create = () => send("POST", "/v1/handoffs", { ...handoff, sessionId: session.id });
  await refused(create, 400, "invalid", /^the session is of another venture$/);
});

it("refuses an unknown session", async () => {
  const create = () => send("POST", "/v1/handoffs", { ...handoff, sessionId: "nobody" });
  await refused(create, 404, "not_found", /^no such session$/);
});

it.each([
  [{ ...handoff, venture: undefined }, /^venture/],
  [{ ...handoff, summary: "" }, /^summary/],
  [{ ...handoff, body: undefined }, /^body/],
])("refuses %j", async (fields, message) => {
  await refused(() => send("POST", "/v1/handoffs", fields), 400, "invalid", message);
});

it("refuses latest without a venture, or without a handoff", async () => {
  await refused(() => send("GET", "/v1/handoffs/latest"), 400, "invalid", /^venture must be/);
  await refused(
    () => send("GET", "/v1/handoffs/latest?venture=none"),
    404,
    "not_found",
    /^this venture has no handoff$/,
  );
});
