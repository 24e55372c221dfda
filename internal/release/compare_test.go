package release_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"crane/internal/hint"
	"crane/internal/release"
)

// candidate is what is just what staging verified.
func candidate() release.Candidate {
	r := sample()
	c := release.Candidate{Commit: r.Commit, Workers: r.Workers, Databases: map[string][]release.Migration{}}
	for name, d := range r.Databases {
		c.Databases[name] = d.Migrations
	}
	return c
}

func TestNoDifference(t *testing.T) {
	t.Parallel()
	c := candidate()
	require.Empty(t, sample().Compare(c))
	require.NoError(t, release.Differ(nil))
	for name, w := range c.Workers {
		c.Workers[name] = release.Worker{Bundle: w.Bundle, CompatibilityDate: w.CompatibilityDate, CompatibilityFlags: append([]string{}, w.CompatibilityFlags...)}
	}
	c.Databases["empty"] = []release.Migration{}
	require.Empty(t, sample().Compare(c), "revisions are a stack's own, and no list is an empty one")
}

func TestCompare(t *testing.T) {
	t.Parallel()
	a, b := release.Migration{Name: "0001_a.sql", SHA256: digestOf("a")}, release.Migration{Name: "0002_b.sql", SHA256: digestOf("b")}
	x := release.Migration{Name: "0003_x.sql", SHA256: digestOf("x")}
	named := func(m release.Migration, name string) release.Migration { m.Name = name; return m }
	text := func(m release.Migration, text string) release.Migration { m.SHA256 = digestOf(text); return m }
	database := func(list ...release.Migration) func(*release.Candidate) {
		return func(c *release.Candidate) { c.Databases["context"] = list }
	}
	worker := func(change func(*release.Worker)) func(*release.Candidate) {
		return func(c *release.Candidate) {
			w := c.Workers["api"]
			change(&w)
			c.Workers["api"] = w
		}
	}
	for what, tc := range map[string]struct {
		change func(*release.Candidate)
		says   []string
	}{
		"commit":         {func(c *release.Candidate) { c.Commit = "fedcba9876543210" }, []string{"commit: staging ran 0123456789ab, this is fedcba987654"}},
		"worker new":     {func(c *release.Candidate) { c.Workers["new"] = release.Worker{} }, []string{"worker new: staging did not run it"}},
		"worker gone":    {func(c *release.Candidate) { delete(c.Workers, "watch") }, []string{"worker watch: staging ran it, and it is not here any more"}},
		"bundle":         {worker(func(w *release.Worker) { w.Bundle = digestOf("y") }), []string{"worker api: its bundle is " + digestOf("y")[:12] + ", staging ran " + digestOf("api")[:12]}},
		"date":           {worker(func(w *release.Worker) { w.CompatibilityDate = "2026-12-01" }), []string{"worker api: its compatibility date is 2026-12-01, staging ran it with 2026-11-01"}},
		"flags":          {worker(func(w *release.Worker) { w.CompatibilityFlags = []string{"b", "a"} }), []string{"worker api: its compatibility flags are a, b, staging ran it with nodejs_compat"}},
		"no flags":       {worker(func(w *release.Worker) { w.CompatibilityFlags = nil }), []string{"worker api: its compatibility flags are none, staging ran it with nodejs_compat"}},
		"database new":   {func(c *release.Candidate) { c.Databases["new"] = nil }, []string{"database new: staging does not have it"}},
		"database gone":  {func(c *release.Candidate) { delete(c.Databases, "empty") }, []string{"database empty: staging has it, and it is not here any more"}},
		"missing":        {database(a), []string{"database context: migration 0002_b.sql is missing: staging applied it"}},
		"missing first":  {database(b), []string{"database context: migration 0001_a.sql is missing: staging applied it"}},
		"edited":         {database(a, text(b, "B")), []string{"database context: migration 0002_b.sql was edited: staging applied " + digestOf("b")[:12] + ", this is " + digestOf("B")[:12]}},
		"renamed":        {database(a, named(b, "0002_c.sql")), []string{"database context: migration 0002_b.sql is called 0002_c.sql here: staging applied it under its first name"}},
		"added":          {database(a, b, x), []string{"database context: migration 0003_x.sql is new: staging has not applied it"}},
		"added between":  {database(a, named(x, "0001_b.sql"), b), []string{"database context: migration 0001_b.sql is new: staging has not applied it"}},
		"reordered":      {database(b, a), []string{"database context: migration 0001_a.sql comes after 0002_b.sql here: staging applied it before"}},
		"numbers swap":   {database(named(b, "0001_b.sql"), named(a, "0002_a.sql")), []string{"database context: migration 0001_a.sql is called 0002_a.sql here: staging applied it under its first name", "database context: migration 0002_b.sql is called 0001_b.sql here: staging applied it under its first name", "database context: migration 0002_a.sql comes after 0001_b.sql here: staging applied it before"}},
		"texts swap":     {database(text(a, "b"), text(b, "a")), []string{"database context: migration 0001_a.sql was edited: staging applied " + digestOf("a")[:12] + ", this is " + digestOf("b")[:12], "database context: migration 0002_b.sql was edited: staging applied " + digestOf("b")[:12] + ", this is " + digestOf("a")[:12]}},
		"copied":         {database(a, b, named(b, "0003_b.sql")), []string{"database context: migration 0003_b.sql is new: staging has not applied it"}},
		"renamed, again": {database(a, named(b, "0003_b.sql"), named(b, "0004_b.sql")), []string{"database context: migration 0002_b.sql is called 0003_b.sql here: staging applied it under its first name", "database context: migration 0004_b.sql is new: staging has not applied it"}},
		"twice":          {database(a, b, b), []string{"database context: its migrations are not those that staging applied"}},
		"all at once": {func(c *release.Candidate) {
			*c = release.Candidate{Commit: "x", Workers: map[string]release.Worker{"z": {}, "a": {}}, Databases: map[string][]release.Migration{"z": nil}}
		}, []string{
			"commit: staging ran 0123456789ab, this is x", "worker a: staging did not run it",
			"worker api: staging ran it, and it is not here any more", "worker watch: staging ran it, and it is not here any more", "worker z: staging did not run it",
			"database context: staging has it, and it is not here any more", "database empty: staging has it, and it is not here any more", "database z: staging does not have it",
		}},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			for range 5 {
				c := candidate()
				tc.change(&c)
				var says []string
				for _, d := range sample().Compare(c) {
					says = append(says, d.String())
				}
				require.Equal(t, tc.says, says)
			}
		})
	}
}

// TestOneNameForTwo migrations of the same text is given to the first.
func TestOneNameForTwo(t *testing.T) {
	t.Parallel()
	r := release.Receipt{Databases: map[string]release.Database{"d": {Migrations: []release.Migration{{Name: "1", SHA256: "x"}, {Name: "2", SHA256: "x"}}}}}
	c := release.Candidate{Databases: map[string][]release.Migration{"d": {{Name: "3", SHA256: "x"}}}}
	require.Equal(t, []release.Difference{
		{Of: "database d", Words: "migration 1 is called 3 here: staging applied it under its first name"},
		{Of: "database d", Words: "migration 2 is missing: staging applied it"},
	}, r.Compare(c))
}

func TestDiffer(t *testing.T) {
	t.Parallel()
	err := release.Differ([]release.Difference{{Of: "worker api", Words: "staging did not run it"}, {Of: "commit", Words: "x"}})
	require.ErrorIs(t, err, release.ErrDiffers)
	require.EqualError(t, err, "production would run what staging has not verified:\n  worker api: staging did not run it\n  commit: x\nnothing was changed")
	require.Equal(t, "deploy to staging first: git push origin HEAD:main starts deploy.yml, then gh workflow run promote.yml", hint.Of(err))
}

// TestNothingPasses: lists of migrations are the same exactly when nothing is said
// of them, whatever was done to one.
func TestNothingPasses(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		staged, here := some(random), some(random)
		r, c := release.Receipt{}, release.Candidate{}
		r.Databases = map[string]release.Database{"d": {Migrations: staged}}
		c.Databases = map[string][]release.Migration{"d": here}
		require.Equal(t, slices.Equal(staged, here), len(r.Compare(c)) == 0, "%v %v", staged, here)
	}
}

// some are up to four migrations of few names and few texts.
func some(random *rand.Rand) (list []release.Migration) {
	for range random.IntN(5) {
		list = append(list, release.Migration{Name: fmt.Sprint(random.IntN(3)), SHA256: fmt.Sprint(random.IntN(3))})
	}
	return list
}
