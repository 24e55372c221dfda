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

const sharedKey = "a-key-that-both-of-them-have"

// fleet has two infra secrets, two that belong to somebody else, and one that
// only production has.
func fleet() stacks.Fleet {
	return stacks.Fleet{Workers: []stacks.Worker{{
		Name:    "w",
		Secrets: stacks.Secrets{"A_KEY": stacks.Infra, "B_KEY": stacks.Infra, "HOOK": stacks.External, "MAIL": stacks.External},
		Per:     stacks.Per{"production": {Secrets: stacks.Secrets{"LIVE_KEY": stacks.Infra}}},
	}}}
}

func staging() map[string]string {
	return map[string]string{
		stacks.FingerprintKey: sharedKey, "A_KEY": "a-of-staging", "B_KEY": "b-of-staging", "HOOK": "of-github", "MAIL": "of-the-post",
	}
}

func production(change map[string]string) map[string]string {
	values := map[string]string{
		stacks.FingerprintKey: sharedKey, "A_KEY": "a-of-production", "B_KEY": "b-of-production", "HOOK": "of-github", "MAIL": "of-the-post",
		"LIVE_KEY": "live-of-production",
	}
	maps.Copy(values, change)
	return values
}

func TestIsolated(t *testing.T) {
	t.Parallel()
	proof := secrets.Prove(fleet(), staging())
	const shared = "shared infra secrets: prod:/alpha has the value of the other stack in "
	const keys = "the fingerprint keys differ: prod:/alpha has another CRANE_FINGERPRINT_KEY than the stack that published, so nothing can be compared"
	for what, tc := range map[string]struct {
		change map[string]string
		kind   error
		says   string
	}{
		"nothing but what is external":      {nil, nil, ""},
		"one infra secret":                  {map[string]string{"A_KEY": "a-of-staging"}, secrets.ErrShared, shared + "A_KEY"},
		"with a line's end":                 {map[string]string{"A_KEY": "a-of-staging\n"}, secrets.ErrShared, shared + "A_KEY"},
		"both":                              {map[string]string{"A_KEY": "a-of-staging", "B_KEY": "b-of-staging"}, secrets.ErrShared, shared + "A_KEY, B_KEY"},
		"under another name":                {map[string]string{"A_KEY": "b-of-staging"}, secrets.ErrShared, shared + "A_KEY (called B_KEY there)"},
		"under a name of production's own":  {map[string]string{"LIVE_KEY": "b-of-staging"}, secrets.ErrShared, shared + "LIVE_KEY (called B_KEY there)"},
		"an external one of an infra value": {map[string]string{"HOOK": "a-of-staging"}, secrets.ErrShared, shared + "HOOK (called A_KEY there)"},
		"an infra one of an external value": {map[string]string{"A_KEY": "of-github"}, secrets.ErrShared, shared + "A_KEY (called HOOK there)"},
		"the key as an infra secret":        {map[string]string{"A_KEY": sharedKey}, secrets.ErrShared, shared + "A_KEY (called CRANE_FINGERPRINT_KEY there)"},
		"two external ones swapped":         {map[string]string{"HOOK": "of-the-post", "MAIL": "of-github"}, nil, ""},
		"another key":                       {map[string]string{stacks.FingerprintKey: sharedKey + "!", "A_KEY": "a-of-staging"}, secrets.ErrKeys, keys},
		"no key":                            {map[string]string{stacks.FingerprintKey: ""}, secrets.ErrKeys, keys},
	} {
		err := proof.Isolated(fleet(), production(tc.change))
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

// TestAProofThatLacksASecret proves nothing, also when all the others differ.
func TestAProofThatLacksASecret(t *testing.T) {
	t.Parallel()
	for what, change := range map[string]func(secrets.Proof){
		"A_KEY":                    func(p secrets.Proof) { delete(p.Marks, "A_KEY") },
		"HOOK":                     func(p secrets.Proof) { delete(p.Marks, "HOOK") },
		"A_KEY, B_KEY, HOOK, MAIL": func(p secrets.Proof) { clear(p.Marks) },
	} {
		proof := secrets.Prove(fleet(), staging())
		change(proof)
		err := proof.Isolated(fleet(), production(nil))
		require.ErrorIs(t, err, secrets.ErrUnproved)
		require.EqualError(t, err, "the proof lacks secrets: "+what+", so nothing can be said of them")
	}
	lacking := staging()
	lacking["A_KEY"] = ""
	require.ErrorIs(t, secrets.Prove(fleet(), lacking).Isolated(fleet(), production(nil)), secrets.ErrUnproved)
}

func TestReadProof(t *testing.T) {
	t.Parallel()
	proof := secrets.Prove(fleet(), staging())
	text, err := json.Marshal(proof)
	require.NoError(t, err)
	got, err := secrets.ReadProof(strings.NewReader(string(text)))
	require.NoError(t, err)
	require.Equal(t, proof, got)
	for what, damage := range map[string]string{
		"another field": strings.Replace(string(text), `"marks"`, `"[secret]"`, 1),
		"a mark":        strings.Replace(string(text), proof.Marks["A_KEY"][:6], "[secret]", 1),
		"capitals":      strings.ToUpper(string(text)),
		"no key":        `{"marks":{}}`,
		"no JSON":       "module crane",
		"nothing":       "",
	} {
		got, err := secrets.ReadProof(strings.NewReader(damage))
		require.Zero(t, got, what)
		require.ErrorIs(t, err, secrets.ErrUnproved, what)
		require.EqualError(t, err, "the proof lacks secrets: it is no proof at all", what)
	}
}

func TestSame(t *testing.T) {
	t.Parallel()
	proof := secrets.Prove(fleet(), staging())
	for what, tc := range map[string]struct {
		name     string
		change   map[string]string
		same, ok bool
	}{
		"different":          {"A_KEY", nil, false, true},
		"same":               {"A_KEY", map[string]string{"A_KEY": "a-of-staging"}, true, true},
		"external":           {"HOOK", nil, true, true},
		"missing":            {"A_KEY", map[string]string{"A_KEY": ""}, false, false},
		"not in the proof":   {"LIVE_KEY", nil, false, false},
		"the key":            {stacks.FingerprintKey, nil, true, true},
		"another key":        {"A_KEY", map[string]string{stacks.FingerprintKey: sharedKey + "!"}, false, false},
		"the other key":      {stacks.FingerprintKey, map[string]string{stacks.FingerprintKey: sharedKey + "!"}, false, true},
		"a namesake's value": {"A_KEY", map[string]string{"A_KEY": "b-of-staging"}, false, true},
	} {
		same, ok := proof.Same(tc.name, production(tc.change))
		require.Equal(t, [2]bool{tc.same, tc.ok}, [2]bool{same, ok}, what)
	}
}

// TestAProofGivesNothingAway: no value in any form, other marks with another
// key, and not the fingerprints that revisions are made of.
func TestAProofGivesNothingAway(t *testing.T) {
	t.Parallel()
	proof := secrets.Prove(fleet(), staging())
	text, err := json.Marshal(proof)
	require.NoError(t, err)
	for _, value := range staging() {
		require.NotContains(t, string(text), value)
	}
	require.NotContains(t, proof.Marks, stacks.FingerprintKey)
	other := staging()
	other[stacks.FingerprintKey] = sharedKey + "!"
	second := secrets.Prove(fleet(), other)
	require.NotEqual(t, proof.Key, second.Key)
	for name, mark := range proof.Marks {
		require.Regexp(t, "^[0-9a-f]{64}$", mark)
		require.NotEqual(t, mark, second.Marks[name])
		require.NotEqual(t, mark, secrets.Fingerprint(sharedKey, name, staging()[name]))
	}
}
