declare namespace Cloudflare {
  interface Env {
    DB: D1Database;
    /** The key of agents. */
    CONTEXT_KEY: string;
    /** The key of the admin endpoints. */
    ADMIN_KEY: string;
    /** Minutes without a heartbeat after which a session expires, a whole number from 1. */
    SESSION_TTL_MINUTES: string;
    CRANE_STACK: string;
    CRANE_REVISION: string;
  }
}
interface Env extends Cloudflare.Env {}
