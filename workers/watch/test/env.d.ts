declare namespace Cloudflare {
  interface Env {
    /** The database of the context-api behind the service binding. */
    CONTEXT_DB: D1Database;
    MIGRATIONS: import("cloudflare:test").D1Migration[];
    CONTEXT_MIGRATIONS: import("cloudflare:test").D1Migration[];
  }
  interface GlobalProps {
    mainModule: typeof import("../src/index");
  }
}
