package lint_test

import (
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"crane/internal/lint"
	"crane/internal/local/runtime"
	"crane/internal/statement"
)

// ledger is what a migration is sent with.
const ledger = "\nCREATE TABLE IF NOT EXISTS \"d1_migrations\" (name TEXT);\nINSERT INTO \"d1_migrations\" (name)\nvalues ('0001_a.sql');\n"

// startEngine is shared by the tests of this file, as its start is most of the time.
func startEngine(t *testing.T) *engine {
	t.Helper()
	root, err := filepath.Abs("../..")
	require.NoError(t, err)
	workerd, err := runtime.Locate(root)
	require.NoError(t, err)
	rt, err := runtime.New(t.Context(), runtime.Config{Workerd: workerd, Dir: t.TempDir(), Log: io.Discard})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, rt.Close()) })
	return &engine{runtime: rt}
}

// TestScenariosOnTheRealEngine holds the linter to its word: a file that it lets
// pass neither fails nor loses anything, and what another loses was counted.
func TestScenariosOnTheRealEngine(t *testing.T) {
	t.Parallel()
	d := startEngine(t)
	for name, c := range scenarios() {
		t.Run(name, func(t *testing.T) {
			v := one(t, shop, c.file)
			d.fresh(t, shop, shopRows)
			before := d.state(t)
			_, err := d.run(t, c.file+ledger)
			if len(found(v)) == 0 {
				require.NoError(t, err)
				require.Empty(t, d.differences(t, before))
				return
			}
			if err != nil {
				return
			}
			for _, text := range d.differences(t, before) {
				if table, lost := strings.CutPrefix(text, "loses "); lost && !slices.Contains(found(v), "rename-table") {
					require.Contains(t, v.Counted, table)
				}
			}
		})
	}
}

// TestExamplesOnTheRealEngine compares what each rule says of its examples with
// what D1's engine does: foreign keys on, a whole file as one transaction.
func TestExamplesOnTheRealEngine(t *testing.T) {
	t.Parallel()
	d := startEngine(t)
	for _, r := range lint.Rules() {
		for name, e := range map[string]lint.Example{"case": r.Case, "near": r.Near} {
			t.Run(r.ID+"/"+name, func(t *testing.T) {
				d.outcome(t, e, "", e.Empty)
				if e.Full != "" {
					require.NotEmpty(t, e.Rows, "rows that differ")
					d.outcome(t, e, e.Rows, e.Full)
				}
			})
		}
	}
}

// engine makes a database for each example.
type engine struct {
	runtime *runtime.Runtime
	made    int
	id      string
}

// run sends the statements of a text as one transaction, as the local service does.
func (d *engine) run(t *testing.T, sql string) ([]runtime.Result, error) {
	t.Helper()
	var all []runtime.Statement
	cut, _ := statement.Split(sql)
	for _, one := range cut {
		all = append(all, runtime.Statement{SQL: one.Text})
	}
	return d.runtime.Query(t.Context(), d.id, all)
}

// fresh makes a database of statements.
func (d *engine) fresh(t *testing.T, statements ...string) {
	t.Helper()
	d.made++
	d.id = fmt.Sprintf("00000000-0000-4000-8000-%012d", d.made)
	for _, sql := range statements {
		if sql != "" {
			_, err := d.run(t, sql)
			require.NoError(t, err)
		}
	}
}

func (d *engine) outcome(t *testing.T, e lint.Example, rows, want string) {
	t.Helper()
	d.fresh(t, e.Schema, rows)
	before := d.state(t)
	_, err := d.run(t, e.File+ledger)
	if err != nil {
		require.ErrorContains(t, err, want)
		require.NotEqual(t, "ok", want)
		require.Equal(t, before, d.state(t), "a file that fails leaves everything")
		return
	}
	if want == "production only" {
		want = "ok"
	}
	if got := d.differences(t, before); want == "ok" {
		require.Empty(t, got)
	} else {
		require.Contains(t, got, want)
	}
}

// state is, by table, the number of rows and, by column, of values that are not NULL.
func (d *engine) state(t *testing.T) map[string]map[string]int {
	t.Helper()
	results, err := d.run(t, `SELECT t.name, x.name FROM sqlite_schema AS t, pragma_table_xinfo(t.name) AS x
		WHERE t.type = 'table' AND t.name NOT LIKE '\_cf%' ESCAPE '\' AND t.name NOT LIKE 'sqlite\_%' ESCAPE '\' AND t.name <> 'd1_migrations' AND t.sql NOT LIKE 'CREATE VIRTUAL%'`)
	require.NoError(t, err)
	state := map[string]map[string]int{}
	for _, row := range results[0].Rows {
		table, column := row[0].(string), row[1].(string)
		counts, err := d.run(t, fmt.Sprintf(`SELECT count(*), count("%s") FROM "%s"`, column, table))
		require.NoError(t, err)
		if state[table] == nil {
			state[table] = map[string]int{"": number(t, counts[0].Rows[0][0])}
		}
		state[table][column] = number(t, counts[0].Rows[0][1])
	}
	return state
}

func number(t *testing.T, value any) int {
	t.Helper()
	n, err := value.(json.Number).Int64()
	require.NoError(t, err)
	return int(n)
}

// differences are what has become less.
func (d *engine) differences(t *testing.T, before map[string]map[string]int) []string {
	t.Helper()
	after := d.state(t)
	var all []string
	for table, was := range before {
		is, there := after[table]
		if !there && was[""] > 0 || is[""] < was[""] {
			all = append(all, "loses "+table)
			continue
		}
		for column, n := range was {
			if now, there := is[column]; there && now < n {
				all = append(all, "nulls "+table)
			}
		}
	}
	orphans, err := d.run(t, "PRAGMA foreign_key_check")
	require.NoError(t, err)
	if len(orphans[0].Rows) > 0 {
		all = append(all, "orphans")
	}
	return all
}
