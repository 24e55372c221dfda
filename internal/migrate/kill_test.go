package migrate_test

import (
	"context"
	"crypto/tls"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"crane/internal/cloudflare"
	"crane/internal/local/account"
	"crane/internal/migrate"
)

// TestMain is also the program that TestKilledProcess kills.
func TestMain(m *testing.M) {
	if host := os.Getenv("MIGRATE_TEST_HOST"); host != "" {
		os.Exit(victim(host, os.Getenv("MIGRATE_TEST_DATABASE"), os.Getenv("MIGRATE_TEST_FOLDER")))
	}
	os.Exit(m.Run())
}

// victim applies the files of a folder, as crane migrate apply does.
func victim(host, id, folder string) int {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute) // should the test die first
	defer cancel()
	trusting := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}} // the test's own server
	client, err := cloudflare.New(cloudflare.Config{Host: host, Token: account.Staging.Token, HTTPClient: &http.Client{Transport: trusting}})
	if err == nil {
		var files []migrate.File
		if files, err = migrate.Read(os.DirFS(folder)); err == nil {
			_, err = migrate.Apply(ctx, client.Database(account.Staging.ID, id), migrate.Run{Files: files})
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// TestKilledProcess kills a hundred processes that apply ten files, at random
// moments, on the real engine. Each time there is a prefix of the files, each of
// them once, and the ledger and the schema agree.
func TestKilledProcess(t *testing.T) {
	t.Parallel()
	e := startEngine(t)
	files, folder := ten(t), t.TempDir()
	for _, f := range files {
		require.NoError(t, os.WriteFile(filepath.Join(folder, f.Name), []byte(f.SQL), 0o600))
	}
	for kills, round := 0, 0; kills < 100; round++ {
		name := fmt.Sprintf("killed-%d", round)
		db, id := e.database(t, name), e.id(t, name)
		for {
			killed := e.kill(t, id, folder, time.Duration(rand.IntN(60))*time.Millisecond)
			wholePrefix(t, db, files)
			if !killed {
				break
			}
			kills++
		}
		require.Equal(t, names(files), ledgerOf(t, db))
	}
}

// kill runs a victim and kills it after a while; one that has ended by then must
// have succeeded.
func (e *engine) kill(t *testing.T, id, folder string, after time.Duration) bool {
	t.Helper()
	program, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.CommandContext(t.Context(), program)
	cmd.Env = []string{"MIGRATE_TEST_HOST=" + e.host, "MIGRATE_TEST_DATABASE=" + id, "MIGRATE_TEST_FOLDER=" + folder}
	cmd.Stderr = t.Output()
	require.NoError(t, cmd.Start())
	timer := time.AfterFunc(after, func() { _ = cmd.Process.Kill() }) // it may have ended
	defer timer.Stop()
	if err := cmd.Wait(); err != nil {
		require.Equal(t, -1, cmd.ProcessState.ExitCode(), "it failed by itself")
		return true
	}
	return false
}

func (e *engine) id(t *testing.T, name string) string {
	t.Helper()
	client, err := cloudflare.New(cloudflare.Config{Host: e.host, Token: account.Staging.Token, HTTPClient: e.http})
	require.NoError(t, err)
	id, err := client.FindDatabase(t.Context(), account.Staging.ID, name)
	require.NoError(t, err)
	require.NotEmpty(t, id)
	return id
}

func ledgerOf(t *testing.T, db *cloudflare.Database) []string {
	t.Helper()
	names, err := migrate.Ledger(t.Context(), db)
	require.NoError(t, err)
	return names
}

// wholePrefix also waits for a request that is still under way.
func wholePrefix(t *testing.T, db *cloudflare.Database, files []migrate.File) {
	t.Helper()
	ledger := ledgerOf(t, db)
	require.Equal(t, names(files[:len(ledger)]), slices.Concat([]string{}, ledger))
	for i := range ledger {
		rows, err := db.Query(t.Context(), fmt.Sprintf("SELECT x FROM t%d; SELECT name FROM crane_migrations WHERE name = '%s'", i, files[i].Name))
		require.NoError(t, err)
		require.Len(t, rows[0], 1)
		require.Len(t, rows[1], 1)
	}
}
