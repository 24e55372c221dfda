// The D1 engine's front door: workerd's own bundled D1 module, for the
// database a request header names instead of one fixed in the configuration.
import D1, { D1Database } from 'd1.js';

const REFUSED = 'refused: ';

export class Database extends D1Database {
  // Runs a file of statements as D1's import does: each by itself and not in
  // an explicit transaction, so that a PRAGMA works. All of them are kept or
  // none: the abort comes before workerd would commit, and ends the call with
  // the refusal as its message.
  async fetch(request) {
    const text = await request.text();
    const sql = this.ctx.storage.sql;
    const all = { queries: 0, rows_read: 0, rows_written: 0 };
    try {
      last(sql, ingest(sql, text, all), all);
    } catch (e) {
      this.ctx.abort(`${REFUSED}${e.message ?? e}`);
    }
    return Response.json({ ...all, size_after: sql.databaseSize });
  }

  // Closes the database's files, so that they can be removed.
  close() {
    this.ctx.abort('the database is being dropped');
  }
}

export default {
  async fetch(request, env) {
    if (request.headers.get('crane-local-key') !== env.KEY) {
      return new Response(null, { status: 403 });
    }
    const database = request.headers.get('crane-local-database');
    const { pathname } = new URL(request.url);
    if (pathname === '/id') return new Response(env.DATABASE.idFromName(database).toString());
    if (pathname === '/close') return close(env, database);
    if (pathname === '/import') return load(request, env, database);
    return new D1({ props: { database } }, env).fetch(request);
  },
};

// Answers the id under which workerd stores the database. The abort ends the
// call itself with an exception, which is its success.
async function close(env, database) {
  const id = env.DATABASE.idFromName(database);
  await env.DATABASE.get(id).close().catch(() => {});
  return new Response(id.toString());
}

function ingest(sql, text, all) {
  const done = sql.ingest(text);
  all.queries += done.statementCount;
  all.rows_read += done.rowsRead;
  all.rows_written += done.rowsWritten;
  return done.remainder;
}

// Runs a last statement that lacks its semicolon, if there is one.
function last(sql, text, all) {
  try {
    const done = sql.exec(text);
    all.queries++;
    all.rows_read += done.rowsRead;
    all.rows_written += done.rowsWritten;
  } catch (e) {
    if (e.message !== 'SQL code did not contain a statement.') throw e;
  }
}

async function load(request, env, database) {
  try {
    const object = env.DATABASE.get(env.DATABASE.idFromName(database));
    return await object.fetch('http://d1/', { method: 'POST', body: request.body });
  } catch (e) {
    const message = String(e.message ?? e);
    if (!message.startsWith(REFUSED)) throw e;
    return Response.json({ error: message.slice(REFUSED.length) });
  }
}
