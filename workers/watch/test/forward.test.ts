import { env } from "cloudflare:workers";
import { expect, it } from "vitest";
import { deliver, push, stored } from "./github";

const unreachable = { fetch: () => Promise.reject(new Error("gone")) } as unknown as Fetcher;

it("keeps a delivery that was not forwarded, and forwards it when it is redelivered", async () => {
  const failed = await deliver("push", push, {}, { CONTEXT_KEY: "wrong" });
  expect(failed.status).toBe(502);
  expect(failed.body.error).toEqual({
    code: "forward_failed",
    message: "the delivery is stored, but context-api answered 401; redeliver it",
  });
  const first = await stored();
  expect(first.notes).toEqual([]);
  expect(first.deliveries).toMatchObject([{ attempts: 1, last_error: "answered 401", forwarded_at: null }]);

  const again = await deliver("push", push);
  expect(again).toMatchObject({ status: 200, body: { duplicate: true, forwarded: true } });
  const { deliveries, notes } = await stored();
  expect(notes).toHaveLength(1);
  expect(deliveries).toMatchObject([{ attempts: 2, last_error: null, forwarded_at: expect.any(String) }]);
});

it("keeps failing while context-api cannot be reached", async () => {
  for (const attempts of [1, 2]) {
    const answer = await deliver("push", push, {}, { CONTEXT_API: unreachable });
    expect(answer).toMatchObject({
      status: 502,
      body: { error: { message: expect.stringContaining("could not be reached: Error: gone") } },
    });
    expect((await stored()).deliveries).toMatchObject([{ attempts, forwarded_at: null }]);
  }
});

it("makes one note when the answer of an attempt was lost", async () => {
  const deaf = {
    async fetch(input: RequestInfo, init?: RequestInit) {
      await (await env.CONTEXT_API.fetch(input, init)).text();
      throw new Error("lost");
    },
  } as unknown as Fetcher;
  expect((await deliver("push", push, {}, { CONTEXT_API: deaf })).status).toBe(502);
  expect((await stored()).notes).toHaveLength(1);
  expect((await deliver("push", push)).body).toMatchObject({ duplicate: true, forwarded: true });
  expect((await stored()).notes).toHaveLength(1);
});

it("forwards what was stored, not what is redelivered", async () => {
  await deliver("push", push, {}, { CONTEXT_API: unreachable });
  await deliver("push", { ...push, pusher: { name: "impostor" } });
  expect((await stored()).notes).toMatchObject([{ title: "octocat pushed 1 commit to main" }]);
});

it("is found by context-api's search", async () => {
  await deliver("push", push);
  const headers = { authorization: `Bearer ${env.CONTEXT_KEY}` };
  const response = await env.CONTEXT_API.fetch("https://context-api/v1/notes/search?q=lift&venture=crane", { headers });
  expect(await response.json()).toMatchObject({
    notes: [{ title: "octocat pushed 1 commit to main", tags: ["github", "push"] }],
  });
});
