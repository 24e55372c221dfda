import { json } from "@crane/shared/json";
import { Refusal } from "@crane/shared/refusal";
import type { Call } from "@crane/shared/router";
import { type Fields, known, slug, slugs, text } from "./fields";
import type { Plan } from "./idempotency";

/** Note is a piece of searchable knowledge. */
export interface Note {
  id: string;
  venture: string;
  title: string;
  body: string;
  tags: string[];
  createdAt: string;
}

/** createNote plans a note and its row of the search index. */
export async function createNote(call: Call<Env>, fields: Fields): Promise<Plan> {
  known(fields, "venture", "title", "body", "tags");
  const note: Note = {
    id: crypto.randomUUID(),
    venture: slug(fields, "venture"),
    title: text(fields, "title", 300),
    body: text(fields, "body", 60_000),
    tags: slugs(fields, "tags", 20),
    createdAt: call.now.toISOString(),
  };
  return { body: note, effects: insert(call.env.DB, note) };
}

/** readNote answers one note whole. */
export async function readNote(call: Call<Env>): Promise<Response> {
  const row = await call.env.DB.prepare(
    "SELECT id, venture, title, body, tags, created_at AS createdAt FROM notes WHERE id = ?",
  )
    .bind(call.id)
    .first<Omit<Note, "tags"> & { tags: string }>();
  if (!row) {
    throw new Refusal(404, "not_found", "no such note");
  }
  return json({ ...row, tags: JSON.parse(row.tags) as string[] } satisfies Note);
}

/** remove deletes a note and its row of the index, which needs the note's text and so comes first. */
export function remove(db: D1Database, id: string): D1PreparedStatement[] {
  return [
    db.prepare("DELETE FROM notes_fts WHERE rowid = (SELECT seq FROM notes WHERE id = ?)").bind(id),
    db.prepare("DELETE FROM notes WHERE id = ?").bind(id),
  ];
}

function insert(db: D1Database, n: Note): D1PreparedStatement[] {
  return [
    db
      .prepare("INSERT INTO notes (id, venture, title, body, tags, created_at) VALUES (?, ?, ?, ?, ?, ?)")
      .bind(n.id, n.venture, n.title, n.body, JSON.stringify(n.tags), n.createdAt),
    db
      .prepare("INSERT INTO notes_fts (rowid, title, body, tags) SELECT seq, title, body, tags FROM notes WHERE id = ?")
      .bind(n.id),
  ];
}
