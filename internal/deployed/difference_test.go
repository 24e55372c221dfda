package deployed_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"crane/internal/deployed"
)

func running(bundles map[string]string, ledgers map[string][]deployed.Applied) deployed.Stack {
	s := deployed.Stack{Workers: map[string]deployed.Worker{}, Databases: map[string]deployed.Database{}}
	for name, bundle := range bundles {
		s.Workers[name] = deployed.Worker{Bundle: bundle}
	}
	for name, applied := range ledgers {
		s.Databases[name] = deployed.Database{Applied: applied}
	}
	return s
}

type (
	bundles = map[string]string
	ledgers = map[string][]deployed.Applied
)

func files(pairs ...string) []deployed.Applied {
	var out []deployed.Applied
	for i := 0; i < len(pairs); i += 2 {
		out = append(out, deployed.Applied{Name: pairs[i], SHA256: pairs[i+1]})
	}
	return out
}

func TestAgainst(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		this, other deployed.Stack
		want        deployed.Difference
	}{
		"nothing at all": {deployed.Stack{}, deployed.Stack{}, deployed.Difference{}},
		"the same": {
			running(bundles{"a": "1", "b": "2"}, ledgers{"d": files("1.sql", "x")}),
			running(bundles{"a": "1", "b": "2"}, ledgers{"d": files("1.sql", "x")}),
			deployed.Difference{},
		},
		"another bundle": {
			running(bundles{"a": "1", "b": "2"}, nil), running(bundles{"a": "1", "b": "3"}, nil),
			deployed.Difference{Workers: []string{"b"}},
		},
		"a Worker that one of the two lacks": {
			running(bundles{"b": "", "gone": "1"}, nil), running(bundles{"b": "", "a": ""}, nil),
			deployed.Difference{Workers: []string{"a", "gone"}},
		},
		"the same bundle with other settings": {
			deployed.Stack{Workers: map[string]deployed.Worker{"a": {CompatibilityDate: "2026-01-01"}, "b": {}, "c": {}}},
			deployed.Stack{Workers: map[string]deployed.Worker{"a": {CompatibilityDate: "2026-02-02"}, "b": {CompatibilityFlags: []string{"nodejs_compat"}}, "c": {CompatibilityFlags: []string{}}}},
			deployed.Difference{Workers: []string{"a", "b"}},
		},
		"migrations to come": {
			running(nil, ledgers{"d": files("1.sql", "x")}),
			running(nil, ledgers{"d": files("1.sql", "x", "2.sql", "y", "3.sql", "z"), "c": files("1.sql", "w"), "empty": nil}),
			deployed.Difference{Missing: []deployed.Files{
				{Database: "c", Files: []string{"1.sql"}}, {Database: "d", Files: []string{"2.sql", "3.sql"}},
			}},
		},
		"migrations that the other has not": {
			running(nil, ledgers{"d": files("1.sql", "x", "2.sql", "y")}), running(nil, ledgers{"d": files("1.sql", "x")}),
			deployed.Difference{Extra: []deployed.Files{{Database: "d", Files: []string{"2.sql"}}}},
		},
		"another text under the same name": {
			running(nil, ledgers{"d": files("1.sql", "x")}), running(nil, ledgers{"d": files("1.sql", "y")}),
			deployed.Difference{Missing: []deployed.Files{{Database: "d", Files: []string{"1.sql"}}}},
		},
	} {
		got := test.this.Against(test.other)
		require.Equal(t, test.want, got, name)
		require.Equal(t, name == "the same" || name == "nothing at all", got.None(), name)
	}
}

func TestWords(t *testing.T) {
	t.Parallel()
	this := running(bundles{"a": "1111111111111111", "same": "0", "gone": "2"}, ledgers{"d": files("1.sql", "x", "2.sql", "y", "9.sql", "z")})
	other := running(bundles{"a": "3333333333333333", "same": "0", "new": "4"}, ledgers{"d": files("1.sql", "x", "2.sql", "other", "3.sql", "z")})
	other.Workers["b"] = deployed.Worker{CompatibilityDate: "2026-01-01", CompatibilityFlags: []string{"nodejs_compat"}}
	this.Workers["b"] = deployed.Worker{CompatibilityDate: "2026-02-02"}
	require.Equal(t, []string{
		"a: bundle 111111111111, main has 333333333333",
		"b: compatibility 2026-02-02, main has 2026-01-01 nodejs_compat",
		"gone: bundle 2, main has no such Worker",
		"new: is not deployed, main has bundle 4",
		"d: migration 2.sql is not the text that main has",
		"d: migration 3.sql is not applied, main has it",
		"d: migration 9.sql is not on main",
	}, this.Words(other, "main"))
	require.Empty(t, this.Words(this, "main"))
}
