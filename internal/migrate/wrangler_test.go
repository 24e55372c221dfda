package migrate_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"crane/internal/cloudflare"
	"crane/internal/local/account"
	"crane/internal/local/api"
	"crane/internal/migrate"
)

// TestAlternatesWithWrangler: ten migrations, every other one applied by the real
// wrangler, beginning with either. Each takes what the other applied for applied,
// and the ledger is the one that wrangler alone would have written.
func TestAlternatesWithWrangler(t *testing.T) {
	t.Parallel()
	e := startEngine(t)
	files := ten(t)
	for _, first := range []string{"crane", "wrangler"} {
		t.Run(first+" first", func(t *testing.T) {
			t.Parallel()
			db := e.database(t, "shared-"+first)
			w := wrangler{engine: e, dir: t.TempDir(), database: "shared-" + first}
			for i := range files {
				if (i%2 == 0) == (first == "wrangler") {
					w.apply(t, files[i])
					continue
				}
				w.write(t, files[i])
				result, err := apply(t, db, migrate.Run{Files: files[:i+1]})
				require.NoError(t, err)
				require.Equal(t, names(files[:i+1]), applied(result))
			}
			ledgerAsWranglers(t, db, files)
		})
	}
}

func ledgerAsWranglers(t *testing.T, db *cloudflare.Database, files []migrate.File) {
	t.Helper()
	rows, err := db.Query(t.Context(), "SELECT id, name, typeof(applied_at) AS kind, length(applied_at) AS length FROM d1_migrations ORDER BY id")
	require.NoError(t, err)
	for i, f := range files {
		require.Equal(t, cloudflare.Row{"id": float64(i + 1), "name": f.Name, "kind": "text", "length": float64(19)}, rows[0][i])
	}
	require.Len(t, rows[0], len(files))
	digests, err := db.Query(t.Context(), "SELECT name, sha256 FROM crane_migrations ORDER BY name")
	require.NoError(t, err)
	if adopted := digests[0]; len(adopted) < len(files) { // the last one by wrangler is adopted by the next run
		_, err := apply(t, db, migrate.Run{Files: files})
		require.NoError(t, err)
		digests, err = db.Query(t.Context(), "SELECT name, sha256 FROM crane_migrations ORDER BY name")
		require.NoError(t, err)
	}
	for i, f := range files {
		require.Equal(t, cloudflare.Row{"name": f.Name, "sha256": f.SHA256}, digests[0][i])
	}
}

// wrangler is the real one, in a folder with one database.
type wrangler struct {
	*engine
	dir, database string
}

func (w wrangler) write(t *testing.T, f migrate.File) {
	t.Helper()
	folder := filepath.Join(w.dir, "migrations")
	require.NoError(t, os.MkdirAll(folder, 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(folder, f.Name), []byte(f.SQL), 0o600))
}

func (w wrangler) apply(t *testing.T, f migrate.File) {
	t.Helper()
	w.write(t, f)
	require.Contains(t, w.run(t, "d1", "migrations", "apply", w.database, "--remote"), f.Name)
}

func (w wrangler) run(t *testing.T, args ...string) string {
	t.Helper()
	config := fmt.Sprintf(`{"name": "x", "d1_databases": [{"binding": "DB", "database_name": %q, "database_id": %q}]}`, w.database, w.id(t, w.database))
	require.NoError(t, os.WriteFile(filepath.Join(w.dir, "wrangler.json"), []byte(config), 0o600))
	program, err := filepath.Abs(filepath.Join(root, "workers/node_modules/wrangler/bin/wrangler.js"))
	require.NoError(t, err)
	cmd := exec.CommandContext(t.Context(), "node", slices.Insert(args, 0, program)...)
	cmd.Dir = w.dir
	cmd.Env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + w.dir, "XDG_CONFIG_HOME=" + w.dir, "TMPDIR=" + w.dir, "CI=1", "NO_COLOR=1",
		"WRANGLER_SEND_METRICS=false", "NPM_CONFIG_REGISTRY=http://127.0.0.1:9", "CLOUDFLARE_API_BASE_URL=" + w.plain + api.Prefix,
		"CLOUDFLARE_API_TOKEN=" + account.Staging.Token, "CLOUDFLARE_ACCOUNT_ID=" + account.Staging.ID,
	}
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, string(out))
	return string(out)
}
