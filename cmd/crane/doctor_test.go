package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"crane/internal/doctor"
	"crane/internal/project"
	"crane/internal/redact"
	"crane/stacks"
)

// TestShowDoctor shows one finding of each kind, in lines that fit, and says once
// what several have in common.
func TestShowDoctor(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("a word and ", 20) + "the end"
	r := doctor.Report{
		Findings: []doctor.Finding{
			{Title: "right", Verdict: doctor.OK, Found: "as it should be"},
			{Title: "right too", Verdict: doctor.OK, Found: long},
			{Title: "wrong", Verdict: doctor.Wrong, Found: long, Why: "because", Fix: "mend it"},
			{Title: "dark", Verdict: doctor.Unseen, Found: "HTTP 500", Why: "because", Fix: "again"},
			{Title: "as dark", Verdict: doctor.Unseen, Found: "HTTP 500", Why: "because of that", Fix: "again"},
			{Title: "not here", Verdict: doctor.Nowhere, Found: "nothing is"},
		},
		Counts: map[doctor.Verdict]int{doctor.OK: 2, doctor.Wrong: 1, doctor.Unseen: 2, doctor.Nowhere: 1},
	}
	var out bytes.Buffer
	require.NoError(t, world{stdout: &out}.showDoctor(r))
	for line := range strings.Lines(out.String()) {
		require.LessOrEqual(t, utf8.RuneCountInString(line), columns+1, line)
	}
	require.Contains(t, out.String(), "✓ right: as it should be\n✓ right too\n✗ wrong\n    found: a word and")
	require.Contains(t, out.String(), "\n           word and a")
	require.Contains(t, out.String(), "    why: because\n    fix: mend it\n? dark\n? as dark\n    unseen: HTTP 500\n    fix: again\n- not here\n    not here: nothing is\n")
	require.True(t, strings.HasSuffix(out.String(), "\n2 ok, 1 wrong, 2 unseen, 1 not here\n"))
}

// TestDoctorExit is the severity as an exit code.
func TestDoctorExit(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		code   int
		counts map[doctor.Verdict]int
	}{
		{0, map[doctor.Verdict]int{doctor.OK: 1, doctor.Nowhere: 1}},
		{1, map[doctor.Verdict]int{doctor.Wrong: 1, doctor.Weak: 1, doctor.Unseen: 1}},
		{3, map[doctor.Verdict]int{doctor.OK: 1, doctor.Unseen: 1}},
		{3, map[doctor.Verdict]int{doctor.OK: 1, doctor.Weak: 1}},
		{3, map[doctor.Verdict]int{doctor.Weak: 1, doctor.Unseen: 1}},
	} {
		code, counts := test.code, test.counts
		r := doctor.Report{Counts: counts}
		for v := range counts {
			r.Findings = append(r.Findings, doctor.Finding{Verdict: v, Fix: "do " + string(v)})
		}
		var said bytes.Buffer
		require.Equal(t, code, world{stdout: io.Discard, stderr: &said}.report(r.Err(), verb{}), said.String())
		require.Equal(t, code != 0, strings.Contains(said.String(), "nothing was changed\nhint: do "))
	}
}

// TestStateFor reads production's state where it is, and nowhere begins one.
func TestStateFor(t *testing.T) {
	t.Parallel()
	l := project.Layout{Root: t.TempDir()}
	w := world{environ: func() []string { return nil }, stderr: io.Discard, redactor: &redact.Redactor{}}
	denied := errors.New("no key")
	env := func(project.Layout) ([]string, error) { return nil, denied }

	_, err := w.stateFor(l, stacks.Production, "", env)(t.Context())
	require.ErrorIs(t, err, doctor.ErrNoState)
	require.NoDirExists(t, filepath.Join(l.Root, stacks.Production.Backend))

	remote := stacks.Production
	remote.Backend = "s3://bucket"
	_, err = w.stateFor(l, remote, "", env)(t.Context())
	require.ErrorIs(t, err, denied)

	require.NoError(t, os.MkdirAll(l.Hidden("preview"), 0o755))
	require.NoError(t, os.WriteFile(l.Hidden("preview", "production.json"), []byte("published"), 0o644))
	fetched := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	require.NoError(t, os.Chtimes(l.Hidden("preview", "production.json"), fetched, fetched))
	export, err := w.stateFor(l, remote, "", env)(t.Context())
	require.NoError(t, err)
	require.Equal(t, "published", string(export.Text))
	require.True(t, fetched.Equal(export.Copied), export.Copied)

	named := filepath.Join(l.Root, "named.json")
	require.NoError(t, os.WriteFile(named, []byte("named"), 0o644))
	export, err = w.stateFor(l, remote, named, env)(context.Background())
	require.NoError(t, err)
	require.Equal(t, doctor.Export{Text: []byte("named")}, export)
}

func TestIssuerOf(t *testing.T) {
	t.Parallel()
	s := project.Settings{Infisical: "http://127.0.0.1:7703/"}
	require.Equal(t, "http://127.0.0.1:7703/oidc", issuerOf(stacks.Gate{Issuer: stacks.LocalIssuer}, s))
	require.Equal(t, "https://token.actions.githubusercontent.com", issuerOf(stacks.Gate{Issuer: "https://token.actions.githubusercontent.com"}, s))
}
