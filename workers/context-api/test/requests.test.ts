import { expect, it } from "vitest";
import { MAX_BODY } from "../src/idempotency";
import { refused, send } from "./client";

const note = { venture: "alpha", title: "t", body: "b" };

it("answers 404 to an unknown route", async () => {
  for (const path of ["/", "/v1", "/v1/notes/a/b", "/v1/sessions//heartbeat", "/HEALTH"]) {
    await refused(() => send("GET", path), 404, "not_found", /^no such route$/);
  }
});

it("answers 405 with the methods there are", async () => {
  const answer = await refused(() => send("PUT", "/v1/notes"), 405, "method_not_allowed", /^this route answers POST$/);
  expect(answer.headers.get("allow")).toBe("POST");
});

it.each([["{"], [""], ['{"venture":"alpha"'], ["\u0000"]])("refuses %j as malformed", async (body) => {
  await refused(() => send("POST", "/v1/notes", body), 400, "malformed_json", /not valid JSON/);
});

it.each([["[]"], ["null"], ['"note"'], ["1"]])("refuses %s as no object", async (body) => {
  await refused(() => send("POST", "/v1/notes", body), 400, "malformed_json", /must be a JSON object/);
});

it("refuses another content type", async () => {
  for (const type of ["text/plain", "application/x-www-form-urlencoded", "application/jsonp"]) {
    const create = () => send("POST", "/v1/notes", note, { "content-type": type });
    await refused(create, 415, "unsupported_media_type", /must be application\/json/);
  }
  expect((await send("POST", "/v1/notes", note, { "content-type": "Application/JSON; charset=utf-8" })).status).toBe(
    201,
  );
});

it("takes a body of the limit and refuses one byte more", async () => {
  const sized = (size: number) => JSON.stringify(note).padEnd(size);
  expect((await send("POST", "/v1/notes", sized(MAX_BODY))).status).toBe(201);
  await refused(() => send("POST", "/v1/notes", sized(MAX_BODY + 1)), 413, "too_large", /^the body is over 64 KB$/);
});
