package stacks_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"crane/stacks"
)

func TestForOrdersBoundWorkersFirst(t *testing.T) {
	t.Parallel()
	f := stacks.Fleet{Workers: []stacks.Worker{
		{Name: "front", Services: stacks.Services{"Z": "back", "A": "auth"}},
		{Name: "alone"},
		{Name: "back", Services: stacks.Services{"AUTH": "auth"}},
		{Name: "auth", Per: stacks.Per{"production": {Services: stacks.Services{"LOG": "log"}}}},
		{Name: "log"},
	}}
	require.Equal(t, []string{"auth", "back", "front", "alone", "log"}, order(f.For(stacks.Staging)))
	require.Equal(t, []string{"log", "auth", "back", "front", "alone"}, order(f.For(stacks.Production)))
}

func order(f stacks.Fleet) []string {
	var out []string
	for _, w := range f.Workers {
		out = append(out, w.Name)
	}
	return out
}

func TestForAppliesOverridesAndDefaults(t *testing.T) {
	t.Parallel()
	w := stacks.Worker{
		Name: "a", Entry: "a.ts", Vars: stacks.Vars{"ONE": "1", "TWO": "2"}, Crons: stacks.Crons{"0 * * * *"},
		Per: stacks.Per{"production": {
			Vars: stacks.Vars{"TWO": "II", "THREE": "III"}, Crons: stacks.Crons{},
			Entry: "b.ts", CompatibilityDate: "2026-01-01", CompatibilityFlags: []string{"nodejs_compat"},
		}},
	}
	f := stacks.Fleet{Workers: []stacks.Worker{w}}

	staging := f.For(stacks.Staging).Workers[0]
	require.Equal(t, stacks.Vars{"ONE": "1", "TWO": "2"}, staging.Vars)
	require.Equal(t, stacks.Crons{"0 * * * *"}, staging.Crons)
	require.Equal(t, stacks.DefaultCompatibilityDate, staging.CompatibilityDate)
	require.Empty(t, staging.CompatibilityFlags)
	require.Equal(t, "a.ts", staging.Entry)

	prod := f.For(stacks.Production).Workers[0]
	require.Equal(t, stacks.Vars{"ONE": "1", "TWO": "II", "THREE": "III"}, prod.Vars)
	require.Empty(t, prod.Crons, "an empty list takes the crons away")
	require.Equal(t, "2026-01-01", prod.CompatibilityDate)
	require.Equal(t, []string{"nodejs_compat"}, prod.CompatibilityFlags)
	require.Equal(t, "b.ts", prod.Entry)
	require.Equal(t, "2", f.Workers[0].Vars["TWO"], "the fleet itself is left as it was written")
}

func TestDatabase(t *testing.T) {
	t.Parallel()
	d, ok := stacks.Default().Database("watch")
	require.True(t, ok)
	require.Equal(t, "workers/watch/migrations", d.Migrations)
	_, ok = stacks.Default().Database("watch-db-staging")
	require.False(t, ok)
}
