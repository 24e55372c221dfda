import { json } from "@crane/shared/json";
import type { Call } from "@crane/shared/router";
import { count, invalid, slug } from "./fields";

const QUERY = `SELECT n.id, n.venture, n.title, n.tags, n.created_at AS createdAt,
    snippet(notes_fts, 1, '', '', '…', 24) AS excerpt
  FROM notes_fts JOIN notes AS n ON n.seq = notes_fts.rowid
  WHERE notes_fts MATCH ?1 AND (?2 IS NULL OR n.venture = ?2)
  ORDER BY notes_fts.rank, n.seq DESC LIMIT ?3`;

/** searchNotes answers the notes that hold every word of q, best first. */
export async function searchNotes(call: Call<Env>): Promise<Response> {
  const query = call.url.searchParams;
  const expression = match(query.get("q") ?? "");
  const venture = query.has("venture") ? slug(Object.fromEntries(query), "venture") : null;
  const limit = count(query.get("limit"), "limit", 20, 100);
  const { results } = await call.env.DB.prepare(QUERY).bind(expression, venture, limit).all<{ tags: string }>();
  return json({ notes: results.map((row) => ({ ...row, tags: JSON.parse(row.tags) as string[] })) });
}

/**
 * match makes an FTS5 expression in which nothing is an operator: each word is
 * quoted, and control characters, a NUL among them, only separate words.
 * https://sqlite.org/fts5.html#fts5_strings
 */
export function match(q: string): string {
  const words = q.split(/[\s\p{Cc}]+/u).filter((word) => word !== "");
  if (words.length === 0 || words.length > 20 || q.length > 500) {
    throw invalid("q must hold 1 to 20 words, in at most 500 characters");
  }
  return words.map((word) => `"${word.replaceAll('"', '""')}"`).join(" ");
}
