package stacks_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"crane/stacks"
)

// pairs is a fleet of n Workers, each with a database of its own.
func pairs(n int) stacks.Fleet {
	var f stacks.Fleet
	for i := range n {
		name := fmt.Sprintf("w%d", i)
		f.Databases = append(f.Databases, stacks.Database{Name: name})
		f.Workers = append(f.Workers, stacks.Worker{Name: name, Databases: stacks.Databases{"DB": name}})
	}
	return f
}

func TestCalls(t *testing.T) {
	t.Parallel()
	require.Zero(t, stacks.Fleet{}.Calls(0).Total())
	require.Equal(t, stacks.Calls{Plugin: 1, Crane: 8}, stacks.Fleet{Databases: make([]stacks.Database, 1)}.Calls(4))
	require.Equal(t, stacks.Calls{Plugin: 2, Crane: 4}, stacks.Fleet{Workers: make([]stacks.Worker, 1)}.Calls(0))
	crons := stacks.Fleet{Workers: []stacks.Worker{{Crons: stacks.Crons{"0 0 * * *", "0 1 * * *"}}}}
	require.Equal(t, stacks.Calls{Plugin: 3, Crane: 4}, crons.Calls(0))
	require.Equal(t, stacks.Calls{Plugin: 7, Crane: 15}, stacks.Default().For(stacks.Staging).Calls(5))
}

func TestRate(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		calls stacks.Calls
		want  int
	}{
		"nothing":                 {stacks.Calls{}, 50},
		"two Workers":             {pairs(2).Calls(5), 50},
		"a hundred Workers":       {pairs(100).Calls(200), 50},
		"just fits":               {stacks.Calls{Plugin: 400, Crane: 600}, 50},
		"no longer fits":          {stacks.Calls{Plugin: 400, Crane: 601}, 1},
		"as the window refills":   {stacks.Calls{Plugin: 1001}, 4},
		"the greater part of it":  {stacks.Calls{Plugin: 900, Crane: 150}, 3},
		"three hundred Workers":   {pairs(300).Calls(300), 1},
		"many migrations by hand": {pairs(1).Calls(5000), 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, test.want, test.calls.Rate())
		})
	}
}

// TestRateKeepsToTheWindow: at the sustained rate crane's own requests, which
// follow the plugin's, stay within Cloudflare's window together with them.
func TestRateKeepsToTheWindow(t *testing.T) {
	t.Parallel()
	for _, workers := range []int{150, 300, 500} {
		c := pairs(workers).Calls(workers)
		seconds := float64(c.Plugin) / float64(c.Rate())
		require.LessOrEqual(t, float64(c.Total())/seconds*300, 1200.0, "%d Workers", workers)
	}
}

// TestRateSeldomChanges: the whole growth of a fleet meets two rates.
func TestRateSeldomChanges(t *testing.T) {
	t.Parallel()
	var met []int
	for workers := range 500 {
		rate := pairs(workers).Calls(2 * workers).Rate()
		if len(met) == 0 || met[len(met)-1] != rate {
			met = append(met, rate)
		}
	}
	require.Equal(t, []int{50, 1}, met)
}
