import { describe, expect, it } from "vitest";
import { refused, send } from "./client";

const note = {
  venture: "alpha",
  title: "Deploying safely",
  body: "Staging comes first, always.",
  tags: ["deploy", "how-to"],
};
const hostile = [
  '"',
  '""',
  "'",
  "*",
  "a*",
  "^staging",
  "title:staging",
  "staging OR",
  "AND",
  "NOT staging",
  "NEAR(a b)",
  "(",
  ")",
  "-",
  "--",
  "a AND (b",
  "{title}:x",
  'staging" OR "x',
  "staging\u0000",
  '\u0000"',
  "; DROP TABLE notes",
  "%",
  "+",
  "🦀",
  "…",
  "\\",
  "x:y:z",
  "\ufffd",
];
const create = async (fields: object = {}) => (await send("POST", "/v1/notes", { ...note, ...fields })).body;
const search = (query: Record<string, string>) => send("GET", `/v1/notes/search?${new URLSearchParams(query)}`);
const found = async (query: Record<string, string>) => (await search(query)).body.notes.map((hit: any) => hit.title);

it("is read back whole", async () => {
  const { status, body } = await send("POST", "/v1/notes", note);
  expect(status).toBe(201);
  expect(body).toMatchObject(note);
  expect(await send("GET", `/v1/notes/${body.id}`)).toMatchObject({ status: 200, body });
});

it("keeps any text", async () => {
  const body = "quote ' double \" null \u0000 emoji 🦀 -- ; DROP TABLE notes;";
  const { id } = await create({ body });
  expect((await send("GET", `/v1/notes/${id}`)).body.body).toBe(body);
});

it("keeps a tag once", async () => {
  expect((await create({ tags: ["a", "b", "a"] })).tags).toEqual(["a", "b"]);
});

it.each([
  [{ venture: "a b" }, /^venture/],
  [{ title: "x".repeat(301) }, /^title/],
  [{ body: " " }, /^body/],
  [{ tags: "deploy" }, /^tags must be a list/],
  [{ tags: ["Not This"] }, /^each of tags/],
  [{ tags: Array(21).fill("a") }, /^tags must be a list of at most 20/],
  [{ seq: 1 }, /^unknown field "seq"/],
])("refuses %j", async (fields, message) => {
  await refused(() => send("POST", "/v1/notes", { ...note, ...fields }), 400, "invalid", message);
});

it("refuses an unknown id", async () => {
  await refused(() => send("GET", "/v1/notes/nothing"), 404, "not_found", /^no such note$/);
});

describe("search", () => {
  it("finds every word, in title, body and tags, whatever its ending or accents", async () => {
    const { id } = await create({ title: "Café deploys" });
    await create({ title: "Another", body: "nothing in common", tags: [] });
    for (const q of ["staging", "cafe STAGED", "how-to", "deploying first"]) {
      expect(await found({ q }), q).toEqual(["Café deploys"]);
    }
    expect((await search({ q: "staging" })).body.notes[0]).toEqual({
      id,
      venture: "alpha",
      title: "Café deploys",
      tags: note.tags,
      createdAt: expect.any(String),
      excerpt: note.body,
    });
    expect(await found({ q: "staging missing" })).toEqual([]);
  });

  it("keeps to a venture and a limit, best first", async () => {
    await create({ title: "one", venture: "beta" });
    await create({ title: "two", body: "staging ".repeat(5) });
    await create({ title: "three" });
    expect(await found({ q: "staging", venture: "alpha" })).toEqual(["two", "three"]);
    expect(await found({ q: "staging", limit: "1" })).toEqual(["two"]);
  });

  it("takes whatever looks like syntax as words", async () => {
    await create();
    for (const q of hostile) {
      expect((await search({ q })).status, q).toBe(200);
    }
    expect(await found({ q: "staging" })).toEqual([note.title]);
  });

  it("has no operators", async () => {
    await create({ title: "left", body: "apple" });
    await create({ title: "right", body: "pear" });
    expect(await found({ q: "apple OR pear" })).toEqual([]);
    expect(await found({ q: "body:apple" })).toEqual([]);
    expect(await found({ q: "appl*" })).toEqual(["left"]);
    expect(await found({ q: "app*" })).toEqual([]);
    expect(await found({ q: "apple ***" })).toEqual(["left"]);
  });

  it.each([
    [{}, /^q must hold/],
    [{ q: " \u0000 " }, /^q must hold/],
    [{ q: "x".repeat(501) }, /^q must hold/],
    [{ q: "a ".repeat(21) }, /^q must hold/],
    [{ q: "a", limit: "0" }, /^limit must be a whole number from 1 to 100$/],
    [{ q: "a", limit: "1.5" }, /^limit/],
    [{ q: "a", limit: "" }, /^limit/],
    [{ q: "a", limit: "ten" }, /^limit/],
    [{ q: "a", venture: "A b" }, /^venture/],
  ] as [Record<string, string>, RegExp][])("refuses %j", async (query, message) => {
    await refused(() => search(query), 400, "invalid", message);
  });
});
