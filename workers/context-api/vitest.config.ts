import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-pool-workers";
import { defineConfig } from "vitest/config";

// The bindings are given here and not read from wrangler.jsonc, which is
// generated and names real databases.
export default defineConfig({
  plugins: [
    cloudflareTest(async () => ({
      main: "./src/index.ts",
      miniflare: {
        compatibilityDate: "2026-11-01",
        d1Databases: ["DB"],
        bindings: {
          CONTEXT_KEY: "test-context-key",
          ADMIN_KEY: "test-admin-key",
          SESSION_TTL_MINUTES: "240",
          CRANE_STACK: "staging",
          CRANE_REVISION: "a".repeat(64),
          MIGRATIONS: await readD1Migrations("./migrations"),
        },
      },
    })),
  ],
  // One workerd runs every file: a test starts from a reset of its own.
  test: { isolate: false, maxWorkers: 1, setupFiles: ["./test/setup.ts"] },
});
