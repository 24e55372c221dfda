import { createExecutionContext, createScheduledController, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import worker from "../src/index";
import { asAdmin, rows, send } from "./client";

const MINUTE = 60_000;
const begin = async () =>
  (await send("POST", "/v1/sessions", { venture: "alpha", agent: "crab" }, { "idempotency-key": "k" })).body;
const list = async (query = "") => (await send("GET", `/v1/admin/sessions${query}`, undefined, asAdmin)).body.sessions;

/** cron fires the schedule as if so many minutes had passed. */
async function cron(minutes: number, bindings: Env = env): Promise<void> {
  const context = createExecutionContext();
  const controller = createScheduledController({
    scheduledTime: new Date(Date.now() + minutes * MINUTE),
    cron: "0 * * * *",
  });
  await worker.scheduled(controller, bindings);
  await waitOnExecutionContext(context);
}

it("expires a session without a heartbeat, and no other", async () => {
  const { id } = await begin();
  await cron(239);
  expect(await list()).toMatchObject([{ id, status: "active" }]);
  await cron(241);
  expect(await list()).toMatchObject([{ id, status: "expired", endedAt: expect.any(String) }]);
  expect((await send("POST", `/v1/sessions/${id}/heartbeat`)).body.error.code).toBe("session_expired");
});

it("leaves an ended session alone", async () => {
  const { id } = await begin();
  const { body } = await send("POST", `/v1/sessions/${id}/end`, { summary: "done" });
  await cron(10_000);
  expect(await list()).toEqual([body]);
});

it("forgets idempotency keys after seven days", async () => {
  await begin();
  const kept = () => env.DB.prepare("SELECT count(*) AS n FROM idempotency").first("n");
  await cron(7 * 24 * 60 - 1);
  expect(await kept()).toBe(1);
  await cron(7 * 24 * 60 + 1);
  expect(await kept()).toBe(0);
});

it.each([[""], ["0"], ["-5"], ["4h"], ["1e3"]])("fails on the time to live %j and changes nothing", async (ttl) => {
  await begin();
  const before = await rows();
  await expect(cron(10_000, { ...env, SESSION_TTL_MINUTES: ttl })).rejects.toThrow("not a whole number from 1");
  expect(await rows()).toEqual(before);
});
