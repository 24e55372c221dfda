package stacks_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"crane/stacks"
)

func TestRetire(t *testing.T) {
	t.Parallel()
	r := stacks.Retire{Workers: []string{"old"}, Databases: []string{"notes"}}
	require.True(t, r.Worker("old"))
	require.True(t, r.Database("notes"))
	for _, name := range []string{"notes", "ol", "old-script", "OLD", ""} {
		require.False(t, r.Worker(name), name)
	}
	require.False(t, r.Database("old"))
	require.False(t, stacks.Retire{}.Worker("") || stacks.Retire{}.Database(""), "nothing is retired unless it is named")
}

// TestRetireProblems has one list for each problem, and all that comes of it.
func TestRetireProblems(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		retire stacks.Retire
		want   stacks.Problems
	}{
		"none":                {stacks.Retire{}, nil},
		"a name in each list": {stacks.Retire{Workers: []string{"a", "b"}, Databases: []string{"a"}}, nil},
		"no name": {stacks.Retire{Workers: []string{""}},
			stacks.Problems{"stacks/production.go: ProductionRetire.Workers[0]: write the name that the fleet has, or remove the entry"}},
		"twice": {stacks.Retire{Databases: []string{"a", "b", "a"}},
			stacks.Problems{`stacks/production.go: ProductionRetire.Databases[2]: "a" is named twice; remove one`}},
		"all at once": {stacks.Retire{Workers: []string{"a", "a"}, Databases: []string{"", ""}}, stacks.Problems{
			`stacks/production.go: ProductionRetire.Workers[1]: "a" is named twice; remove one`,
			"stacks/production.go: ProductionRetire.Databases[0]: write the name that the fleet has, or remove the entry",
			"stacks/production.go: ProductionRetire.Databases[1]: write the name that the fleet has, or remove the entry",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, test.want, test.retire.Problems())
		})
	}
}

// TestTheListIsInOrder: with the fleet, so that no update runs on a bad list.
func TestTheListIsInOrder(t *testing.T) {
	t.Parallel()
	require.Empty(t, stacks.ProductionRetire.Problems())
	require.NoError(t, stacks.Default().Validate(project))
}
