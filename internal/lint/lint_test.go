package lint_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"crane/internal/lint"
	"crane/internal/schema"
	"crane/internal/scratch"
)

// made is the schema that statements make.
func made(t testing.TB, sql string) schema.Schema {
	t.Helper()
	d, err := scratch.Open(t.Context())
	require.NoError(t, err)
	defer func() { require.NoError(t, d.Close()) }()
	require.NoError(t, d.Replay(t.Context(), sql))
	s, err := d.Schema(t.Context())
	require.NoError(t, err)
	return s
}

// one checks a single file.
func one(t testing.TB, base, sql string) lint.Verdict {
	t.Helper()
	verdicts, err := lint.Check(t.Context(), made(t, base), []lint.File{{Name: "0001_a.sql", SQL: sql}})
	require.NoError(t, err)
	require.Len(t, verdicts, 1)
	return verdicts[0]
}

func found(v lint.Verdict) []string {
	ids := []string{}
	for _, f := range v.Findings {
		if f.Level != lint.Note && f.Accepted == "" {
			ids = append(ids, f.Rule)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

func TestRules(t *testing.T) {
	t.Parallel()
	for _, r := range lint.Rules() {
		t.Run(r.ID, func(t *testing.T) {
			t.Parallel()
			require.NotEmpty(t, r.Sentence)
			require.NotEmpty(t, r.Rewrite)
			v := one(t, r.Case.Schema, r.Case.File)
			i := slices.IndexFunc(v.Findings, func(f lint.Finding) bool { return f.Rule == r.ID })
			require.GreaterOrEqual(t, i, 0, "%v", v.Findings)
			require.Equal(t, r.Level, v.Findings[i].Level)
			require.NotEmpty(t, v.Findings[i].Message)
			require.NotEmpty(t, v.Findings[i].Rewrite)
			require.Equal(t, r.Level != lint.Note, v.Refused())
			require.Empty(t, found(one(t, r.Near.Schema, r.Near.File)), "near")
			t.Log(v, v.Findings[i].Message)
		})
	}
}
