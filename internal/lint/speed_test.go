package lint_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"crane/internal/lint"
	"crane/internal/schema"
	"crane/internal/scratch"
)

// history is a schema of 50 tables with an index each, and n files of about 1 KB
// that make, fill, change and drop others, so that there stay about 50.
func history(t testing.TB, n int) (schema.Schema, []lint.File) {
	t.Helper()
	var base strings.Builder
	for i := range 50 {
		fmt.Fprintf(&base, "CREATE TABLE t%d (id INTEGER PRIMARY KEY, parent INTEGER REFERENCES t%d (id), name TEXT NOT NULL, email TEXT, made TEXT);\n", i, i/2)
		fmt.Fprintf(&base, "CREATE INDEX t%d_parent ON t%d (parent);\n", i, i)
	}
	files := make([]lint.File, n)
	for i := range files {
		files[i] = lint.File{Name: fmt.Sprintf("%04d_a.sql", i), SQL: migration(i)}
	}
	return made(t, base.String()), files
}

func migration(i int) string {
	filler := strings.Repeat("-- what this is for\n", 40)
	switch i % 4 {
	case 0:
		return fmt.Sprintf("CREATE TABLE n%d (id INTEGER PRIMARY KEY, name TEXT NOT NULL);\nCREATE INDEX n%d_name ON n%d (name);\n", i, i, i) + filler
	case 1:
		return strings.Repeat(fmt.Sprintf("INSERT INTO t%d (parent, name) VALUES (NULL, 'a name');\n", i%50), 12) + filler[:400]
	case 2:
		return fmt.Sprintf("UPDATE t%d SET email = lower(email) WHERE email IS NOT NULL;\nCREATE VIEW v%d AS SELECT name FROM t%d;\nDROP VIEW v%d;\n", i%50, i, i%50, i) + filler
	default:
		return fmt.Sprintf("ALTER TABLE n%d ADD COLUMN more TEXT NOT NULL DEFAULT '';\nUPDATE n%d SET more = name;\nDROP TABLE n%d;\n", i-3, i-3, i-3) + filler
	}
}

func BenchmarkCheck(b *testing.B) {
	base, files := history(b, 1000)
	for b.Loop() {
		_, err := lint.Check(b.Context(), base, files)
		require.NoError(b, err)
	}
}

func FuzzCheck(f *testing.F) {
	for _, r := range lint.Rules() {
		if len(r.Case.File) < 10_000 {
			f.Add(r.Case.Schema, r.Case.File)
			f.Add(r.Near.Schema, r.Near.File)
		}
	}
	f.Add(shop, drizzle)
	f.Add(shop, prisma)
	f.Fuzz(func(t *testing.T, base, sql string) {
		began := time.Now()
		defer func() { require.Less(t, time.Since(began), 3*time.Second) }()
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		verdicts, err := lint.Check(ctx, loadable(t, base), []lint.File{{Name: "0001_a.sql", SQL: sql}, {Name: "0002_b.sql", SQL: sql}})
		require.NotErrorIs(t, err, context.DeadlineExceeded)
		if err == nil {
			require.Len(t, verdicts, 2)
		}
	})
}

// loadable is the schema of those statements that SQLite takes.
func loadable(t *testing.T, sql string) schema.Schema {
	d, err := scratch.Open(t.Context())
	require.NoError(t, err)
	defer func() { require.NoError(t, d.Close()) }()
	if err := d.Replay(t.Context(), sql); err != nil && !errors.Is(err, scratch.ErrRefused) {
		t.Skip()
	}
	s, err := d.Schema(t.Context())
	require.NoError(t, err)
	return s
}
