package secrets_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"crane/internal/hint"
	"crane/internal/secrets"
	"crane/stacks"
)

// values is a source that has what it holds.
type values map[string]string

func (v values) Fetch(context.Context, stacks.Scope) (map[string]string, error) { return v, nil }
func (v values) String() string                                                 { return "a drawer" }

func TestPick(t *testing.T) {
	t.Parallel()
	have := values{"A": "1", "B": "2", "EMPTY": ""}
	picked, err := secrets.Pick(have, []string{"A"}, stacks.Staging.Secrets, have)
	require.NoError(t, err)
	require.Equal(t, map[string]string{"A": "1"}, picked)

	picked, err = secrets.Pick(have, []string{"NONE", "A", "EMPTY", "NONE"}, stacks.Staging.Secrets, have)
	require.ErrorIs(t, err, secrets.ErrMissing)
	require.EqualError(t, err, "missing secrets: EMPTY, NONE (looked in environment dev, path /alpha/staging of a drawer)")
	require.Equal(t, "add them to a drawer", hint.Of(err))
	require.Nil(t, picked)
}

func TestPickHintsTheCommand(t *testing.T) {
	t.Parallel()
	for site, command := range map[string]string{
		"http://127.0.0.1:7703":    "crane local secret set A",
		"https://eu.infisical.com": "infisical secrets set --projectId p --env dev --path /alpha/staging A=…",
	} {
		source, err := secrets.NewInfisical(secrets.Config{SiteURL: site, ProjectID: "p", ClientID: "i", ClientSecret: "s"})
		require.NoError(t, err)
		_, err = secrets.Pick(nil, []string{"A"}, stacks.Staging.Secrets, source)
		require.Equal(t, command, hint.Of(err))
	}
}

func TestFingerprint(t *testing.T) {
	t.Parallel()
	print := secrets.Fingerprint("key", "NAME", "value")
	require.Regexp(t, "^[0-9a-f]{64}$", print)
	require.Equal(t, print, secrets.Fingerprint("key", "NAME", "value"))
	for _, other := range [][3]string{{"other", "NAME", "value"}, {"key", "NAMEv", "alue"}, {"key", "NAME", "valuf"}} {
		require.NotEqual(t, print, secrets.Fingerprint(other[0], other[1], other[2]))
	}
}
