// The D1 engine's front door: workerd's own bundled D1 module, for the
// database a request header names instead of one fixed in the configuration.
import D1, { D1Database } from 'd1.js';

export class Database extends D1Database {
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
    if (new URL(request.url).pathname === '/close') return close(env, database);
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
