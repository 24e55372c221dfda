import { describe, expect, it } from "vitest";
import { refused, send } from "./client";

const begin = async () => (await send("POST", "/v1/sessions", { venture: "alpha", agent: "crab" })).body;

describe("start", () => {
  it("answers the new session", async () => {
    const fields = { venture: "alpha", agent: " crab ", host: "laptop", branch: "main" };
    const { status, body, headers } = await send("POST", "/v1/sessions", fields);
    expect(status).toBe(201);
    expect(headers.get("cache-control")).toBe("no-store");
    expect(body).toMatchObject({ ...fields, agent: "crab", status: "active", summary: null, endedAt: null });
    expect(body.startedAt).toBe(body.heartbeatAt);
    expect(Date.parse(body.startedAt)).toBeLessThanOrEqual(Date.now());
  });

  it("needs neither host nor branch", async () => {
    expect(await begin()).toMatchObject({ host: null, branch: null });
  });

  it.each([
    [{ agent: "crab" }, /^venture must be/],
    [{ venture: "Alpha", agent: "crab" }, /^venture must be/],
    [{ venture: "alpha" }, /^agent must be a string of 1 to 100/],
    [{ venture: "alpha", agent: "  " }, /^agent must be/],
    [{ venture: "alpha", agent: 7 }, /^agent must be/],
    [{ venture: "alpha", agent: "x".repeat(101) }, /^agent must be/],
    [{ venture: "alpha", agent: "crab", host: {} }, /^host must be/],
    [{ venture: "alpha", agent: "crab", vnture: "x" }, /^unknown field "vnture"; there are venture, agent/],
  ])("refuses %j", async (fields, message) => {
    await refused(() => send("POST", "/v1/sessions", fields), 400, "invalid", message);
  });
});

describe("heartbeat", () => {
  it("moves the session's heartbeat", async () => {
    const session = await begin();
    const { status, body } = await send("POST", `/v1/sessions/${session.id}/heartbeat`);
    expect(status).toBe(200);
    expect(body).toEqual({ ...session, heartbeatAt: body.heartbeatAt });
    expect(body.heartbeatAt >= session.heartbeatAt).toBe(true);
  });

  it("refuses an unknown session", async () => {
    await refused(() => send("POST", "/v1/sessions/nobody/heartbeat"), 404, "not_found", /^no such session$/);
  });

  it("refuses an ended session", async () => {
    const { id } = await begin();
    await send("POST", `/v1/sessions/${id}/end`);
    await refused(() => send("POST", `/v1/sessions/${id}/heartbeat`), 409, "session_ended", /has ended/);
  });
});

describe("end", () => {
  it("keeps the summary", async () => {
    const { id } = await begin();
    const { status, body } = await send("POST", `/v1/sessions/${id}/end`, { summary: "done" });
    expect(status).toBe(200);
    expect(body).toMatchObject({ id, status: "ended", summary: "done", endedAt: expect.any(String) });
  });

  it.each([[undefined], [""], [{}], [{ summary: null }]])("takes %j as no summary", async (fields) => {
    const { id } = await begin();
    expect((await send("POST", `/v1/sessions/${id}/end`, fields)).body).toMatchObject({
      status: "ended",
      summary: null,
    });
  });

  it("refuses a second time", async () => {
    const { id } = await begin();
    await send("POST", `/v1/sessions/${id}/end`, { summary: "first" });
    const again = () => send("POST", `/v1/sessions/${id}/end`, { summary: "second" });
    await refused(again, 409, "session_ended", /start another/);
  });

  it("refuses a bad summary", async () => {
    const { id } = await begin();
    await refused(() => send("POST", `/v1/sessions/${id}/end`, { summary: 1 }), 400, "invalid", /^summary must be/);
  });
});
