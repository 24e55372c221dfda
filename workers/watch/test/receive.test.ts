import { describe, expect, it } from "vitest";
import { MAX_PAYLOAD } from "../src/receive";
import { deliver, push, refused, sign, stored } from "./github";

const id = "72d3162e-cc78-11e3-81ab-4c9367dc0958";

it("stores a delivery and forwards it", async () => {
  expect(await deliver("push", push)).toEqual({ status: 201, body: { id, duplicate: false, forwarded: true } });
  const { deliveries, notes } = await stored();
  expect(deliveries).toMatchObject([
    { id, event: "push", attempts: 1, last_error: null, forwarded_at: expect.any(String) },
  ]);
  expect(JSON.parse(deliveries[0].payload)).toEqual(push);
  expect(notes).toMatchObject([{ venture: "crane", title: "octocat pushed 1 commit to main" }]);
});

it("answers a repeat without a second delivery or note", async () => {
  await deliver("push", push);
  const before = await stored();
  expect(await deliver("push", push)).toEqual({ status: 200, body: { id, duplicate: true, forwarded: true } });
  expect(await stored()).toEqual(before);
});

it("stores once for many at the same moment", async () => {
  const answers = await Promise.all(Array.from({ length: 6 }, () => deliver("push", push)));
  expect(answers.filter(({ body }) => !body.duplicate)).toHaveLength(1);
  expect(answers.every(({ body }) => body.forwarded)).toBe(true);
  const { deliveries, notes } = await stored();
  expect([deliveries.length, notes.length]).toEqual([1, 1]);
});

it("only stores an event that makes no note", async () => {
  for (const event of ["ping", "star", "constructor"]) {
    const answer = await deliver(event, { zen: "Keep it logically awesome." }, { "x-github-delivery": event });
    expect(answer).toEqual({ status: 201, body: { id: event, duplicate: false, forwarded: false } });
  }
  const { deliveries, notes } = await stored();
  expect(deliveries.map(({ note, attempts }) => [note, attempts])).toEqual(Array(3).fill([null, 0]));
  expect(notes).toEqual([]);
});

it("knows GitHub's own example of a signature", async () => {
  const example = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
  expect(await sign("Hello, World!")).toBe(example);
});

describe("refuses", () => {
  it("a signature that is not this payload's under this secret", async () => {
    const good = await sign(JSON.stringify(push));
    const others = [
      "",
      "sha256=",
      good.slice(0, -1),
      good.replace("sha256", "sha1"),
      `${good}00`,
      good.slice(7),
      `sha256=${"0".repeat(64)}`,
    ];
    for (const signature of [
      ...others,
      await sign(JSON.stringify(push), "another"),
      await sign(`${JSON.stringify(push)} `),
    ]) {
      const request = () => deliver("push", push, { "x-hub-signature-256": signature });
      await refused(request, 401, "bad_signature", /missing or is not this payload's/);
    }
  });

  it("everything while the secret is not set", async () => {
    const request = () => deliver("push", push, {}, { GH_WEBHOOK_SECRET: "" });
    await refused(request, 401, "bad_signature", /^X-Hub-Signature-256/);
  });

  it("a missing or strange delivery id or event", async () => {
    for (const [header, name] of [
      ["x-github-delivery", "X-GitHub-Delivery"],
      ["x-github-event", "X-GitHub-Event"],
    ] as const) {
      for (const value of ["", "two words", "x".repeat(65), "'; DROP TABLE deliveries"]) {
        await refused(
          () => deliver("push", push, { [header]: value }),
          400,
          "invalid",
          new RegExp(`^${name} is missing`),
        );
      }
    }
  });

  it("what is not a JSON object", async () => {
    for (const body of ["", "{", "[]", "null"]) {
      await refused(() => deliver("push", body), 400, "malformed_json", /JSON/);
    }
  });

  it("another content type", async () => {
    const request = () => deliver("push", push, { "content-type": "application/x-www-form-urlencoded" });
    await refused(request, 415, "unsupported_media_type", /application\/json/);
  });

  it("a payload over the limit", async () => {
    const body = JSON.stringify(push);
    await refused(() => deliver("push", body.padEnd(MAX_PAYLOAD + 1)), 413, "too_large", /over 1024 KB/);
    expect((await deliver("push", body.padEnd(MAX_PAYLOAD))).status).toBe(201);
  });

  it("a payload without a repository", async () => {
    for (const payload of [{}, { repository: null }, { repository: { name: "a/b" } }]) {
      await refused(() => deliver("push", payload), 400, "invalid", /^the payload names no repository$/);
    }
  });
});
