package secrets_test

import (
	"encoding/json"
	"maps"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"crane/internal/hint"
	"crane/internal/secrets"
	"crane/stacks"
)

// wanted has two infra secrets and two that belong to somebody else.
func wanted() []stacks.Secret {
	return []stacks.Secret{
		{Name: stacks.FingerprintKey, Class: stacks.External},
		{Name: "A_KEY", Class: stacks.Infra}, {Name: "B_KEY", Class: stacks.Infra},
		{Name: "HOOK", Class: stacks.External},
	}
}

func staging() map[string]string {
	return map[string]string{stacks.FingerprintKey: "the-key-of-both", "A_KEY": "a-of-staging", "B_KEY": "b-of-staging", "HOOK": "of-github"}
}

func production(change map[string]string) map[string]string {
	values := map[string]string{stacks.FingerprintKey: "the-key-of-both", "A_KEY": "a-of-production", "B_KEY": "b-of-production", "HOOK": "of-github"}
	maps.Copy(values, change)
	return values
}

func TestIsolated(t *testing.T) {
	t.Parallel()
	proof, err := secrets.Prove(wanted(), staging())
	require.NoError(t, err)
	for what, tc := range map[string]struct {
		change map[string]string
		kind   error
		says   string
	}{
		"nothing but what is external":     {nil, nil, ""},
		"one infra secret":                 {map[string]string{"A_KEY": "a-of-staging"}, secrets.ErrShared, "shared infra secrets: prod:/alpha has the value of the other stack in A_KEY"},
		"both":                             {map[string]string{"A_KEY": "a-of-staging", "B_KEY": "b-of-staging"}, secrets.ErrShared, "shared infra secrets: prod:/alpha has the value of the other stack in A_KEY, B_KEY"},
		"under another name":               {map[string]string{"A_KEY": "b-of-staging"}, secrets.ErrShared, "shared infra secrets: prod:/alpha has the value of the other stack in A_KEY (called B_KEY there)"},
		"an external one of that value":    {map[string]string{"HOOK": "a-of-staging"}, nil, ""},
		"another key":                      {map[string]string{stacks.FingerprintKey: "another-key", "A_KEY": "a-of-staging"}, secrets.ErrKeys, "the fingerprint keys differ: prod:/alpha has another CRANE_FINGERPRINT_KEY than the stack that published, so nothing can be compared"},
		"no key":                           {map[string]string{stacks.FingerprintKey: ""}, secrets.ErrKeys, "the fingerprint keys differ: prod:/alpha has another CRANE_FINGERPRINT_KEY than the stack that published, so nothing can be compared"},
		"two that are missing on one side": {map[string]string{"A_KEY": "", "B_KEY": ""}, nil, ""},
	} {
		err := proof.Isolated(wanted(), production(tc.change), stacks.Production.Secrets)
		if tc.kind == nil {
			require.NoError(t, err, what)
			continue
		}
		require.ErrorIs(t, err, tc.kind, what)
		require.EqualError(t, err, tc.says, what)
		require.NotEmpty(t, hint.Of(err), what)
		require.NotContains(t, err.Error()+hint.Of(err), "of-staging", what)
	}
}

func TestSame(t *testing.T) {
	t.Parallel()
	proof, err := secrets.Prove(wanted(), staging())
	require.NoError(t, err)
	for what, tc := range map[string]struct {
		name     string
		change   map[string]string
		same, ok bool
	}{
		"different":          {"A_KEY", nil, false, true},
		"same":               {"A_KEY", map[string]string{"A_KEY": "a-of-staging"}, true, true},
		"missing":            {"A_KEY", map[string]string{"A_KEY": ""}, false, false},
		"not in the proof":   {"HOOK", nil, false, false},
		"another key":        {"A_KEY", map[string]string{stacks.FingerprintKey: "another-key"}, false, false},
		"a namesake's value": {"A_KEY", map[string]string{"A_KEY": "b-of-staging"}, false, true},
	} {
		same, ok := proof.Same(tc.name, production(tc.change))
		require.Equal(t, [2]bool{tc.same, tc.ok}, [2]bool{same, ok}, what)
	}
}

// TestAProofGivesNothingAway: it has infra secrets only, no value in any form,
// and two stacks with different keys publish different marks.
func TestAProofGivesNothingAway(t *testing.T) {
	t.Parallel()
	proof, err := secrets.Prove(wanted(), staging())
	require.NoError(t, err)
	text, err := json.Marshal(proof)
	require.NoError(t, err)
	require.Equal(t, 2, strings.Count(string(text), "_KEY"))
	for _, value := range staging() {
		require.NotContains(t, string(text), value)
	}
	other := staging()
	other[stacks.FingerprintKey] = "another-key"
	second, err := secrets.Prove(wanted(), other)
	require.NoError(t, err)
	require.NotEqual(t, proof.Key, second.Key)
	for name, mark := range proof.Marks {
		require.Regexp(t, "^[0-9a-f]{64}$", mark)
		require.NotEqual(t, mark, second.Marks[name])
		require.NotEqual(t, mark, secrets.Fingerprint("the-key-of-both", name, staging()[name]), "a revision's fingerprint is another digest")
	}
}

func TestNoProofWithoutAKey(t *testing.T) {
	t.Parallel()
	values := staging()
	delete(values, stacks.FingerprintKey)
	proof, err := secrets.Prove(wanted(), values)
	require.Zero(t, proof)
	require.ErrorIs(t, err, secrets.ErrKeys)
	require.EqualError(t, err, "the fingerprint keys differ: there is no CRANE_FINGERPRINT_KEY, so nothing can be proved")
}
