package revision_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"crane/internal/revision"
)

func TestEverythingCounts(t *testing.T) {
	t.Parallel()
	whole := func() revision.Revision {
		return revision.Revision{
			Bundle: "b", CompatibilityDate: "2026-11-01", CompatibilityFlags: []string{"nodejs_compat"},
			Vars: map[string]string{"A": "1"}, Databases: map[string]string{"DB": "d"},
			Services: map[string]string{"S": "s"}, Secrets: map[string]string{"K": "f"},
		}
	}
	require.Equal(t, whole().Digest(), whole().Digest())
	for name, change := range map[string]func(*revision.Revision){
		"bundle":        func(r *revision.Revision) { r.Bundle = "c" },
		"date":          func(r *revision.Revision) { r.CompatibilityDate = "2026-11-02" },
		"flags":         func(r *revision.Revision) { r.CompatibilityFlags = nil },
		"a var's value": func(r *revision.Revision) { r.Vars["A"] = "2" },
		"a var's name":  func(r *revision.Revision) { r.Vars = map[string]string{"B": "1"} },
		"database":      func(r *revision.Revision) { r.Databases["DB"] = "e" },
		"service":       func(r *revision.Revision) { r.Services["S"] = "t" },
		"secret":        func(r *revision.Revision) { r.Secrets["K"] = "g" },
		"no secret":     func(r *revision.Revision) { delete(r.Secrets, "K") },
	} {
		r := whole()
		change(&r)
		require.NotEqual(t, whole().Digest(), r.Digest(), name)
	}
}

// TestEmptyIsAbsent: a state does not tell the one from the other.
func TestEmptyIsAbsent(t *testing.T) {
	t.Parallel()
	require.Equal(t, revision.Revision{}.Digest(), revision.Revision{
		CompatibilityFlags: []string{}, Vars: map[string]string{}, Databases: map[string]string{},
		Services: map[string]string{}, Secrets: map[string]string{},
	}.Digest())
}
