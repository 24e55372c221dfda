import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-pool-workers";
import { build } from "esbuild";
import { defineConfig } from "vitest/config";

const COMPATIBILITY_DATE = "2026-11-01";
const REVISION = "a".repeat(64);

/** contextApi is the real Worker behind the service binding, as it is deployed. */
async function contextApi() {
  const { outputFiles } = await build({
    entryPoints: ["../context-api/src/index.ts"],
    bundle: true,
    format: "esm",
    target: "esnext",
    write: false,
  });
  return {
    name: "context-api",
    modules: [{ type: "ESModule" as const, path: "index.js", contents: outputFiles[0]!.text }],
    compatibilityDate: COMPATIBILITY_DATE,
    d1Databases: { DB: "context-api" },
    bindings: {
      CONTEXT_KEY: "test-context-key",
      SESSION_TTL_MINUTES: "240",
      CRANE_STACK: "staging",
      CRANE_REVISION: REVISION,
    },
  };
}

// The bindings are given here and not read from wrangler.jsonc, which is
// generated and names real databases.
export default defineConfig({
  plugins: [
    cloudflareTest(async () => ({
      main: "./src/index.ts",
      miniflare: {
        compatibilityDate: COMPATIBILITY_DATE,
        d1Databases: { DB: "watch", CONTEXT_DB: "context-api" },
        serviceBindings: { CONTEXT_API: "context-api" },
        bindings: {
          GH_WEBHOOK_SECRET: "It's a Secret to Everybody",
          CONTEXT_KEY: "test-context-key",
          CRANE_STACK: "staging",
          CRANE_REVISION: REVISION,
          MIGRATIONS: await readD1Migrations("./migrations"),
          CONTEXT_MIGRATIONS: await readD1Migrations("../context-api/migrations"),
        },
        workers: [await contextApi()],
      },
    })),
  ],
  // One workerd runs every file: a test starts from a reset of its own.
  test: { isolate: false, maxWorkers: 1, setupFiles: ["./test/setup.ts"] },
});
