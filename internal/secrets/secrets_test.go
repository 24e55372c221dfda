package secrets_test

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"crane/internal/hint"
	"crane/internal/redact"
	"crane/internal/secrets"
	"crane/stacks"
)

// drawer is a source that has what it holds.
type drawer map[string]string

func (d drawer) Fetch(context.Context, stacks.Scope, []stacks.Secret) (map[string]string, error) {
	return d, nil
}
func (drawer) Place(s stacks.Scope) string                { return "drawer " + s.Path }
func (drawer) AddHint(_ stacks.Scope, name string) string { return "put " + name + " into the drawer" }

func want(names ...string) (all []stacks.Secret) {
	for _, name := range names {
		all = append(all, stacks.Secret{Name: name, Class: stacks.Infra})
	}
	return all
}

func TestPick(t *testing.T) {
	t.Parallel()
	have := drawer{"A": "1111", "B": "2222", "EMPTY": "", "SHORT": "abc", "LONG": strings.Repeat("x", 5121), stacks.FingerprintKey: "twenty-three-characters"}
	for _, tc := range []struct {
		want   []stacks.Secret
		picked map[string]string
		kind   error
		says   string
		hint   string
	}{
		{want("A"), map[string]string{"A": "1111"}, nil, "", ""},
		{want("NONE", "A", "EMPTY", "SHORT"), nil, secrets.ErrMissing,
			"missing secrets: EMPTY, NONE (looked in drawer /alpha/staging)", "put EMPTY into the drawer"},
		{want("A", "SHORT"), nil, secrets.ErrShort,
			"too short to be a secret: SHORT (looked in drawer /alpha/staging)", "put SHORT into the drawer"},
		{want("A", stacks.FingerprintKey), nil, secrets.ErrShort,
			"too short to be a secret: CRANE_FINGERPRINT_KEY (looked in drawer /alpha/staging)", "put CRANE_FINGERPRINT_KEY into the drawer"},
		{want("A", "LONG"), nil, secrets.ErrLong,
			"longer than Cloudflare takes: LONG (looked in drawer /alpha/staging)", "put LONG into the drawer"},
	} {
		picked, err := secrets.Pick(have, tc.want, stacks.Staging.Secrets, have)
		require.Equal(t, tc.picked, picked)
		require.Equal(t, tc.hint, hint.Of(err))
		if tc.kind == nil {
			require.NoError(t, err)
			continue
		}
		require.ErrorIs(t, err, tc.kind)
		require.EqualError(t, err, tc.says)
	}
}

func TestAddHints(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		site    string
		scope   stacks.Scope
		command string
	}{
		{"http://127.0.0.1:7703", stacks.Staging.Secrets, "crane local secret set A"},
		{"http://127.0.0.1:7703", stacks.Production.Secrets, "crane local secret set --stack production A"},
		{"https://eu.infisical.com", stacks.Staging.Secrets, "infisical secrets set --projectId p --env dev --path /alpha/staging A=@FILE"},
	} {
		source, err := secrets.Declared{Site: tc.site, Project: "p", Client: "i"}.Open(secrets.Outside{
			Environ: []string{secrets.ClientSecretVariable + "=secret"}, Redactor: &redact.Redactor{},
		})
		require.NoError(t, err)
		_, err = secrets.Pick(nil, want("A"), tc.scope, source)
		require.Equal(t, tc.command, hint.Of(err))
	}
}

func TestFromTheEnvironment(t *testing.T) {
	t.Parallel()
	r := &redact.Redactor{}
	source, err := secrets.Declared{Source: secrets.FromEnvironment}.Open(secrets.Outside{
		Environ:  []string{"CRANE_SECRET_A=alpha=1", "A=not this one", "CRANE_SECRET_=nameless", "INFISICAL_TOKEN=x"},
		Redactor: r,
	})
	require.NoError(t, err)
	got, err := source.Fetch(t.Context(), stacks.Staging.Secrets, want("A"))
	require.NoError(t, err)
	require.Equal(t, map[string]string{"A": "alpha=1", "": "nameless"}, got)
	require.Equal(t, "it is [secret]", r.String("it is alpha=1"))
	_, err = secrets.Pick(got, want("A", "B"), stacks.Staging.Secrets, source)
	require.EqualError(t, err, "missing secrets: B (looked in the environment of the process, as CRANE_SECRET_<name>)")
	require.Equal(t, "set CRANE_SECRET_B, from a file or a password manager", hint.Of(err))
}

func TestPlaceholders(t *testing.T) {
	t.Parallel()
	declared := secrets.Declared{Source: secrets.FromPlaceholder}
	source, err := declared.Open(secrets.Outside{Preview: true})
	require.NoError(t, err)
	got, err := source.Fetch(t.Context(), stacks.Production.Secrets, want("A", "B"))
	require.NoError(t, err)
	require.Equal(t, map[string]string{"A": "placeholder for A", "B": "placeholder for B"}, got)

	source, err = declared.Open(secrets.Outside{})
	require.Nil(t, source)
	require.ErrorIs(t, err, secrets.ErrPreview)
	require.EqualError(t, err, "placeholders are for previews only: crane:secrets is placeholder; nothing was changed")
	require.Equal(t, "set crane:secrets of the stack to infisical", hint.Of(err))
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
