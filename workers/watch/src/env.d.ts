declare namespace Cloudflare {
  interface Env {
    DB: D1Database;
    CONTEXT_API: Fetcher;
    /** The secret that the GitHub webhook is set up with. */
    GH_WEBHOOK_SECRET: string;
    /** The key that context-api expects from agents. */
    CONTEXT_KEY: string;
    CRANE_STACK: string;
    CRANE_REVISION: string;
  }
}
interface Env extends Cloudflare.Env {}
