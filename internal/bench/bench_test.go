package bench_test

import (
	"bytes"
	"context"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"crane/internal/bench"
	"crane/internal/project"
	"crane/stacks"
)

// full is what make storm asks for.
var full = flag.Bool("storm", false, "run the parts that take long")

// config measures this project in a folder of the test's, with what the tests
// of the command line have compiled already.
func config(t *testing.T) bench.Config {
	t.Helper()
	root, err := project.Root(".")
	require.NoError(t, err)
	return bench.Config{
		Project: project.Layout{Root: root}, Runs: 1, Size: 3, Only: "generated", Temp: t.TempDir(),
		Environ:  append(os.Environ(), "GOFLAGS=-trimpath -buildvcs=false -ldflags=-w"),
		Progress: t.Output(),
	}
}

// long skips what takes long, and what a live project has no local Cloudflare for.
func long(t *testing.T, why string) {
	t.Helper()
	if !*full {
		t.Skip("make storm runs it: " + why)
	}
	if stacks.ProductionGate.Issuer != stacks.LocalIssuer {
		t.Skip("this project is live: only one that is on the local Cloudflare is measured")
	}
}

// TestRun measures once, on three Workers: what it counts does not depend on the
// machine.
func TestRun(t *testing.T) {
	long(t, "it links the program anew for a fleet of three")
	t.Parallel()
	c := config(t)
	report, err := bench.Run(t.Context(), c)
	require.NoError(t, err)

	counted := map[string][2]int{}
	for _, m := range report.Measures {
		require.Equal(t, "3x3", m.Fleet)
		require.Equal(t, 1, m.Runs)
		require.Positive(t, m.Median)
		counted[m.Step+" "+m.Tool] = [2]int{m.Calls, m.Uploads}
	}
	first, wrangler := counted["first-up crane"], counted["one-worker-change wrangler"]
	delete(counted, "first-up crane")
	delete(counted, "one-worker-change wrangler")
	require.Equal(t, map[string][2]int{"no-op-preview pulumi": {}, "no-op-up pulumi": {}, "one-worker-change pulumi": {1, 1}}, counted)
	require.Equal(t, 3, first[1])
	require.LessOrEqual(t, first[0], planned().Total(), "what a rate is chosen from is an upper bound")
	require.Equal(t, 1, wrangler[1])
	require.Regexp(t, `^v3\.`, report.Machine.Pulumi)
	require.Regexp(t, `^4\.`, report.Machine.Wrangler)
	gone(t, c.Temp)
}

// planned is what stacks expects of the fleet: three pairs, four migrations.
func planned() stacks.Calls {
	return stacks.Fleet{Workers: make([]stacks.Worker, 3), Databases: make([]stacks.Database, 3)}.Calls(4)
}

// TestFiles has crane and wrangler apply the same files.
func TestFiles(t *testing.T) {
	long(t, "internal/migrate has crane and wrangler apply files, too")
	t.Parallel()
	c := config(t)
	c.Only, c.Files = "files", 25
	report, err := bench.Run(t.Context(), c)
	require.NoError(t, err)

	counted := map[string]int{}
	for _, m := range report.Measures {
		require.Equal(t, "files", m.Fleet)
		require.Equal(t, 1, m.Runs)
		require.Positive(t, m.Median)
		counted[m.Step+" "+m.Tool] = m.Calls
	}
	wrangler := counted["migrate-apply wrangler"]
	delete(counted, "migrate-apply wrangler")
	require.Equal(t, map[string]int{"migrate-plan crane": 2, "migrate-apply crane": 28}, counted, "one to find the database, one to look before, one after")
	require.GreaterOrEqual(t, wrangler, 25)
	require.Contains(t, report.Budgets, bench.Budget{Name: "files: requests for 25 files, five more at most", Limit: 30, Measured: 28, Holds: true})
	gone(t, c.Temp)
}

// cancelling ends a context as soon as it is written to.
type cancelling struct {
	bytes.Buffer
	cancel context.CancelFunc
}

func (c *cancelling) Write(p []byte) (int, error) {
	defer c.cancel()
	return c.Buffer.Write(p)
}

func TestInterrupt(t *testing.T) {
	t.Parallel()
	c := config(t)
	ctx, cancel := context.WithCancel(t.Context())
	progress := &cancelling{cancel: cancel}
	c.Progress = progress
	_, err := bench.Run(ctx, c)
	require.ErrorIs(t, err, context.Canceled)
	require.Equal(t, "3x3: copying and building\n", progress.String())
	gone(t, c.Temp)
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	for _, change := range []func(*bench.Config){
		func(c *bench.Config) { c.Runs = 0 },
		func(c *bench.Config) { c.Size = -1 },
		func(c *bench.Config) { c.Size = 501 },
		func(c *bench.Config) { c.Files = -1 },
		func(c *bench.Config) { c.Only = "everything" },
		func(c *bench.Config) { c.Only = "files" },
	} {
		c := config(t)
		change(&c)
		_, err := bench.Run(t.Context(), c)
		require.ErrorIs(t, err, bench.ErrConfig)
		gone(t, c.Temp)
	}
}

// gone looks for files in a folder, and for processes that know of it.
func gone(t *testing.T, folder string) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	require.NoError(t, err)
	require.Empty(t, entries)
	about, err := filepath.Glob("/proc/[0-9]*/*")
	require.NoError(t, err)
	for _, file := range about {
		if name := filepath.Base(file); name == "cmdline" || name == "environ" {
			text, _ := os.ReadFile(file) // another user's, or gone meanwhile
			require.NotContains(t, string(text), folder, file)
		}
	}
}
