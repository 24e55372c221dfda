package bench

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"crane/internal/lint"
	"crane/internal/local"
	"crane/internal/migrate"
)

func at(ms int64) time.Time { return time.UnixMilli(1_800_000_000_000 + ms) }

func TestSummary(t *testing.T) {
	t.Parallel()
	request := func(begin, took int64) local.Request {
		return local.Request{Service: "api", Method: "PUT", Path: "/client/v4/accounts/a/workers/scripts/w", Status: 200, Time: at(begin), Ms: took}
	}
	m := summary(part{name: "default"}, stepChange, toolPulumi, []sample{
		{3 * time.Second, []local.Request{request(500, 10), request(100, 1000)}},
		{time.Second, nil},
		{1500 * time.Millisecond, []local.Request{request(0, 20)}},
		{2 * time.Second, []local.Request{request(0, 40)}},
	})
	require.Equal(t, Measure{
		Fleet: "default", Step: "one-worker-change", Tool: "pulumi", Runs: 4, Seconds: []float64{3, 1, 1.5, 2},
		Median: 1.75, Min: 1, Max: 3, Calls: 2, CallsMedian: 0.03, Uploads: 2,
	}, m)
}

func TestUploads(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]int{
		"PUT /client/v4/accounts/a/workers/scripts/w 200":           1,
		"PUT /client/v4/accounts/a/workers/scripts/w 429":           0,
		"PUT /client/v4/accounts/a/workers/scripts/w/schedules 200": 0,
		"GET /client/v4/accounts/a/workers/scripts/w 200":           0,
		"GET /client/v4/accounts/a/workers/scripts 200":             0,
		"POST /client/v4/accounts/a/workers/scripts/w/versions 200": 1,
		"POST /client/v4/accounts/a/d1/database 200":                0,
	} {
		fields := strings.Fields(line)
		r := local.Request{Method: fields[0], Path: fields[1], Status: map[string]int{"200": 200, "429": 429}[fields[2]]}
		require.Equal(t, want, uploads([]local.Request{r}), line)
	}
}

// measured is a report of measures that all take so many seconds, and as many
// as given by name.
func measured(seconds map[string]float64) *Report {
	r := &Report{MigrationFiles: 4, Files: 1000}
	add := func(fleet, step, tool string, calls, uploads int) {
		took := 1.0
		if s, ok := seconds[fleet+" "+step+" "+tool]; ok {
			took = s
		}
		r.Measures = append(r.Measures, Measure{
			Fleet: fleet, Step: step, Tool: tool, Runs: 1, Median: took, Min: took, Max: took,
			Calls: calls, CallsMedian: took, Uploads: uploads,
		})
	}
	add("default", stepPreview, toolPulumi, 0, 0)
	add("default", stepUp, toolPulumi, 0, 0)
	add("default", stepChange, toolPulumi, 1, 1)
	add("default", stepChange, toolWrangler, 11, 1)
	add("migrations", stepMigrate, toolPulumi, 5, 0)
	add("migrations", stepMigrate, toolWrangler, 9, 0)
	add("files", stepPlan, toolCrane, 2, 0)
	add("files", stepApply, toolCrane, 1003, 0)
	add("files", stepApply, toolWrangler, 1005, 0)
	add("10x10", stepPreview, toolPulumi, 0, 0)
	add("50x50", stepPreview, toolPulumi, 0, 0)
	add("100x100", stepPreview, toolPulumi, 0, 0)
	add("100x100", stepChange, toolPulumi, 1, 1)
	add("100x100", stepChange, toolWrangler, 11, 1)
	r.conclude()
	return r
}

// TestBudgets breaks one at a time.
func TestBudgets(t *testing.T) {
	t.Parallel()
	broken := func(r *Report) []string {
		names := []string{}
		for _, b := range r.Budgets {
			if !b.Holds {
				names = append(names, b.String())
			}
		}
		return names
	}
	require.Empty(t, broken(measured(nil)))
	require.Len(t, measured(nil).Budgets, 13)
	slow := measured(map[string]float64{"100x100 one-worker-change pulumi": 3})
	require.Empty(t, broken(slow), "all of a large fleet is compared, which is no broken promise")
	require.Contains(t, slow.Ratios, Ratio{"100x100: one-Worker change, pulumi up / wrangler deploy", 3})
	for slow, want := range map[string]string{
		"default no-op-preview pulumi":     "no-op preview of the default fleet, seconds: 4 of 1",
		"default one-worker-change pulumi": "default: one-Worker change, pulumi up / wrangler deploy: 4 of 1",
		"migrations migrations pulumi":     "migrations, pulumi up / wrangler apply: 4 of 1",
		"files migrate-apply crane":        "1000 files, crane migrate apply / wrangler apply: 4 of 1",
		"files migrate-plan crane":         "crane migrate plan of 1000 files, seconds: 4 of 1",
		"100x100 no-op-preview pulumi":     "100x100: no-op preview, seconds: 4 of 3",
	} {
		require.Contains(t, broken(measured(map[string]float64{slow: 4})), want)
	}
	grown := measured(map[string]float64{"50x50 no-op-preview pulumi": 1.4, "100x100 no-op-preview pulumi": 2.85})
	require.Equal(t, []string{"no-op preview of the largest fleet / as the smaller ones grow: 1.50 of 1.25"}, broken(grown))

	r := measured(nil)
	r.Measures[1].Calls, r.Measures[2].Uploads, r.Measures[4].Calls, r.Measures[7].Calls, r.Budgets = 3, 2, 10, 1006, nil
	r.conclude()
	require.Equal(t, []string{
		"default: API requests of a no-op up: 3 of 0",
		"default: Workers that a one-Worker change uploads: 2 of 1",
		"migrations: requests for 4 files, five more at most: 10 of 9",
		"files: requests for 1000 files, five more at most: 1006 of 1005",
	}, broken(r))
}

// TestScripts applies the generated files in order, as a thousand are.
func TestScripts(t *testing.T) {
	t.Parallel()
	var all []migrate.File
	for i := range 1000 {
		name := fmt.Sprintf("%04d_generated.sql", i+1)
		require.InDelta(t, fileSize, len(script(i)), fileSize/10, name)
		all = append(all, migrate.File{Name: name, SQL: script(i)})
	}
	after, err := migrate.Replay(t.Context(), nil, all)
	require.NoError(t, err)
	tables := 0
	for _, o := range after {
		if o.Kind == "table" {
			tables++
		}
	}
	require.Equal(t, 50, tables)
	verdicts, err := lint.Check(t.Context(), nil, migrate.Linted(all))
	require.NoError(t, err)
	for _, v := range verdicts {
		require.Empty(t, v.Findings, v.File)
	}
}

func TestTableFitsATerminal(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	require.NoError(t, measured(map[string]float64{"100x100 no-op-preview pulumi": 1234.5678}).Table(&out))
	for line := range strings.Lines(out.String()) {
		require.LessOrEqual(t, len(line), 101, line)
	}
	require.Regexp(t, `default +one-worker-change +wrangler +1\.00 s +1\.00\.\.1\.00 +1 +11 +1\n`, out.String())
	require.Regexp(t, `BROKEN +100x100: no-op preview, seconds: 1234\.57 of 3\n`, out.String())
}

func TestMarkdown(t *testing.T) {
	t.Parallel()
	r := measured(nil)
	r.Time = at(0).UTC()
	r.Machine = Machine{CPU: "Z80", Cores: 1, MemoryGB: 8, OS: "CP/M", Go: "1.26", Node: "v20", Pulumi: "v3", Workerd: "2026", Wrangler: "4"}
	var out strings.Builder
	require.NoError(t, r.Markdown(&out))
	require.Contains(t, out.String(), "2027-01-15, on Z80, 1 cores, 8 GB, CP/M;\nGo 1.26, Node v20, workerd 2026, wrangler 4, Pulumi v3.")
	require.Contains(t, out.String(), "\n| default | one-worker-change | wrangler | 1.00 s | 1.00..1.00 | 1 | 11 | 1 |\n")
	require.Contains(t, out.String(), "\n| migrations, pulumi up / wrangler apply | 1.00 |\n")
	require.Contains(t, out.String(), "\n| 100x100: no-op preview, seconds | 3 | 1 | holds |\n")
	require.Contains(t, out.String(), "applies 1000 generated migrations of about 1 KB each")
	require.Contains(t, out.String(), "\n| files | migrate-apply | wrangler | 1.00 s | 1.00..1.00 | 1 | 1005 | 0 |\n")
	require.Contains(t, out.String(), "\n| crane migrate plan of 1000 files, seconds | 1 | 1 | holds |\n")
	require.NotContains(t, out.String(), "\n\n\n")

	r.Files = 0
	out.Reset()
	require.NoError(t, r.Markdown(&out))
	require.NotContains(t, out.String(), "generated migrations")
}

// TestNames are those that bench.json promises.
func TestNames(t *testing.T) {
	t.Parallel()
	text, err := json.Marshal(measured(nil))
	require.NoError(t, err)
	for _, name := range []string{
		"time", "machine", "cpu", "cores", "memoryGB", "os", "load", "go", "node", "pulumi", "workerd", "wrangler", "runs",
		"migrationFiles", "files", "measures", "fleet", "step", "tool", "seconds", "median", "min", "max", "calls", "callsMedian",
		"uploads", "ratios", "name", "value", "budgets", "limit", "measured", "holds",
	} {
		require.Contains(t, string(text), `"`+name+`":`)
	}
}
