package main

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"crane/internal/deployed"
	"crane/internal/hint"
	"crane/internal/idtoken"
	"crane/internal/local/issuer"
	"crane/internal/project"
	"crane/internal/promotion"
	"crane/internal/release"
	"crane/internal/secrets"
	"crane/stacks"
)

// TestProductionsEnvironment starts from a shell that wants to lead a promotion
// elsewhere, or to put something into it: nothing of that gets through, and what
// was fetched does only under the names that deploy.
func TestProductionsEnvironment(t *testing.T) {
	t.Parallel()
	w, l := shell(t, "127.0.0.1:7701",
		"HOME=/home/a", "PATH=/bin", "CRANE_ENV=dev", "PULUMI_STACK=staging", "PULUMI_BACKEND_URL=file:///elsewhere",
		"PULUMI_OPTION_IGNORE_PROTECT=true", "PULUMI_OPTION_RUN_PROGRAM=true", "PULUMI_CONFIG_PASSPHRASE=staging",
		"PULUMI_CONFIG_PASSPHRASE_FILE=/etc/passphrase", "PULUMI_HOME=/elsewhere", "PULUMI_CONFIG={}",
		"PULUMI_PLUGIN_DOWNLOAD_URL_OVERRIDES=.*=http://evil", "PULUMI_DEBUG_GRPC=/tmp/log",
		"CLOUDFLARE_API_TOKEN=staging", "CLOUDFLARE_API_KEY=k", "CLOUDFLARE_EMAIL=e", "CLOUDFLARE_ACCOUNT_ID=staging",
		"CLOUDFLARE_API_BASE_URL=http://evil", "CLOUDFLARE_API_HOSTNAME=evil", "CLOUDFLARE_BASE_URL=http://evil",
		"INFISICAL_TOKEN=evil", "CRANE_INFISICAL_CLIENT_SECRET=staging", "CRANE_SECRET_ADMIN_KEY=evil",
		"AWS_ACCESS_KEY_ID=staging", "SSL_CERT_FILE=/evil.pem", "LD_PRELOAD=/evil.so", "GOFLAGS=-toolexec=/evil", "GOROOT=/evil", "GOTOOLCHAIN=evil", "GOENV=/evil", "GOWORK=/evil", "GIT_DIR=/evil",
		"GITHUB_REF=refs/heads/main", "ACTIONS_ID_TOKEN_REQUEST_URL=https://evil", "ACTIONS_ID_TOKEN_REQUEST_TOKEN=evil",
	)
	p := &promoting{world: w, Layout: l, production: project.Settings{APIHost: "127.0.0.1:7701"}, job: []string{"JOB=1"}}
	env, err := p.environment(map[string]string{
		"CLOUDFLARE_API_TOKEN": "production", "PULUMI_CONFIG_PASSPHRASE": "secret", "PULUMI_BACKEND_URL": "elsewhere", "LD_PRELOAD": "x",
	})
	require.NoError(t, err)
	require.ElementsMatch(t, []string{
		"HOME=/home/a",
		"PATH=" + l.Bin() + ":/bin",
		"PULUMI_BACKEND_URL=file://" + l.Root + "/.crane/state/production",
		"PULUMI_HOME=" + l.PulumiHome(),
		"PULUMI_SKIP_UPDATE_CHECK=true",
		"GOFLAGS=-trimpath -buildvcs=false -mod=readonly", "GOENV=off", "GOWORK=off",
		"SSL_CERT_FILE=" + l.Local() + "/roots.pem",
		"CLOUDFLARE_API_TOKEN=production",
		"PULUMI_CONFIG_PASSPHRASE=secret",
		"JOB=1",
	}, env)
}

func past(commit string, day int) deployed.Past {
	return deployed.Past{Commit: commit, Receipt: "of-" + commit, Verified: time.Date(2026, 11, day, 0, 0, 0, 0, time.UTC)}
}

// promoted is a production that was promoted to, and before that to others.
func promoted(now deployed.Past, before ...deployed.Past) *promoting {
	return &promoting{before: deployed.Stack{Release: &deployed.Release{Past: now, History: before}}}
}

func TestHistory(t *testing.T) {
	t.Parallel()
	a, b, c := past("a", 1), past("b", 2), past("c", 3)
	require.Empty(t, (&promoting{}).history("of-a"))
	require.Equal(t, []promotion.Past{promotion.Past(b), promotion.Past(a)}, promoted(b, a).history(c.Receipt))
	require.Equal(t, []promotion.Past{promotion.Past(a)}, promoted(b, a).history(b.Receipt), "again: nothing changes")
	var many []deployed.Past
	for range 30 {
		many = append(many, a)
	}
	require.Len(t, promoted(b, many...).history(c.Receipt), keep)
}

func TestNoReceiptThatIsOlder(t *testing.T) {
	t.Parallel()
	at := func(day int) *promoting {
		p := promoted(past("b", 2), past("a", 1))
		p.Layout.Root, p.environ = t.TempDir(), func() []string { return nil }
		p.signed = &release.Signed{Receipt: release.Receipt{Commit: "0123456789abcdef", Verified: past("", day).Verified}}
		return p
	}
	require.NoError(t, at(3).newer(t.Context()))
	require.NoError(t, at(2).newer(t.Context()), "of the same moment")
	err := at(1).newer(t.Context())
	require.ErrorIs(t, err, errOlder)
	require.EqualError(t, err, "the receipt is older than what production runs: 0123456789ab was verified 2026-11-01 00:00, b 2026-11-02 00:00; nothing was changed")
	require.Equal(t, "promote the newest receipt, or go back with crane promote --rollback", hint.Of(err))
	first := at(1)
	first.before = deployed.Stack{}
	require.NoError(t, first.newer(t.Context()))
}

// archive is a store that has the receipts of what was promoted.
func archive(t *testing.T, bundle string) (release.Store, deployed.Past) {
	t.Helper()
	store := release.Store{Dir: t.TempDir()}
	code := []byte(bundle)
	digest := digestText(bundle)
	at := time.Date(2026, 11, 9, 0, 0, 0, 0, time.UTC)
	signed, err := store.Save(t.Context(), release.Receipt{
		Commit: strings.Repeat("c", 40), RunID: "1", Verified: at,
		Workers: map[string]release.Worker{"w": {Bundle: digest, CompatibilityDate: "2026-11-01", Revision: digest, VerifiedAt: at}},
		Secrets: secrets.Prove(stacks.Fleet{}, map[string]string{stacks.FingerprintKey: "a-key-that-both-of-them-have"}),
	}, map[string][]byte{digest: code}, issued(t))
	require.NoError(t, err)
	return store, deployed.Past{Commit: signed.Receipt.Commit, Receipt: signed.Digest(), Verified: at}
}

// TestWhatToGoBackTo: to what was promoted last while something else runs, else
// to what was promoted before; and going back twice goes back twice.
func TestWhatToGoBackTo(t *testing.T) {
	t.Parallel()
	store, last := archive(t, "code")
	running := func(bundle string, verified time.Time, before ...deployed.Past) *promoting {
		p := promoted(last, before...)
		p.store = store
		p.before.Workers = map[string]deployed.Worker{"w": {Bundle: digestText(bundle), VerifiedAt: verified}}
		return p
	}
	_, err := (&promoting{store: store}).earlier()
	require.EqualError(t, err, "there is nothing to go back to: no promotion to production has succeeded yet; nothing was changed")

	_, err = running("code", last.Verified).earlier()
	require.EqualError(t, err, "there is nothing to go back to: what runs is the only thing that was ever promoted; nothing was changed")
	got, err := running("code", last.Verified, past("b", 2), past("a", 1)).earlier()
	require.NoError(t, err)
	require.Equal(t, []deployed.Past{past("b", 2), past("a", 1)}, got)

	for what, p := range map[string]*promoting{
		"other code":     running("other", last.Verified, past("b", 2)),
		"never verified": running("code", time.Time{}, past("b", 2)),
	} {
		got, err := p.earlier()
		require.NoError(t, err, what)
		require.Equal(t, []deployed.Past{last, past("b", 2)}, got, what)
	}

	other := running("other", last.Verified, past("b", 2))
	require.NoError(t, other.chooseEarlier())
	require.Equal(t, last.Receipt, other.signed.Digest())
	require.Equal(t, promotion.Note{Rollback: true, History: []promotion.Past{promotion.Past(past("b", 2))}}, other.note)

	lost := running("other", last.Verified, past("b", 2))
	lost.store = release.Store{Dir: t.TempDir()}
	_, err = lost.earlier()
	require.ErrorIs(t, err, errNothingBefore)
	require.ErrorContains(t, err, "the receipt of cccccccccccc is not in "+lost.store.Dir)

	asked := running("code", last.Verified, past("b", 2), past("a", 1))
	asked.commit = "a"
	got, err = asked.earlier()
	require.NoError(t, err)
	require.Equal(t, []deployed.Past{past("a", 1)}, got)
	asked.commit = "0123456789abcdef"
	_, err = asked.earlier()
	require.EqualError(t, err, "there is nothing to go back to: no receipt of commit 0123456789ab was ever promoted; nothing was changed")
}

// issued signs as a job at an issuer of the test's own.
func issued(t *testing.T) signer {
	t.Helper()
	tokens, err := issuer.Open(t.TempDir())
	require.NoError(t, err)
	mux := http.NewServeMux()
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	at := server.URL + issuer.Prefix
	mux.Handle(issuer.Prefix+"/", tokens.Handler(at))
	started, err := issuer.StartJob(t.Context(), http.DefaultClient, at, issuer.Deployment(strings.Repeat("c", 40)))
	require.NoError(t, err)
	job, err := idtoken.FromEnvironment(func(name string) string {
		return map[string]string{idtoken.URLVariable: started.URL, idtoken.TokenVariable: started.Token}[name]
	})
	require.NoError(t, err)
	return signer{job: job, issuer: at}
}

func digestText(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

func TestPlansThatTakeAway(t *testing.T) {
	t.Parallel()
	urn := func(kind, name string) string {
		return "urn:pulumi:production::crane::crane:infra:Any$" + kind + "::" + name
	}
	for _, tc := range []struct {
		op, urn, says string
	}{
		{"same", urn(stacks.DatabaseType, "watch-d1"), ""},
		{"update", urn(stacks.ScriptType, "watch-script"), ""},
		{"delete", urn("crane:index:Route", "watch-route"), ""},
		{"delete", urn(stacks.ScriptType, "watch-script"), "delete watch-script"},
		{"delete", urn(stacks.DatabaseType, "watch-d1"), "delete watch-d1"},
		{"replace", urn(stacks.DatabaseType, "watch-d1"), "replace watch-d1"},
		{"create-replacement", urn(stacks.ScriptType, "watch-script"), "create-replacement watch-script"},
		{"delete-replaced", urn(stacks.DatabaseType, "watch-d1"), "delete-replaced watch-d1"},
	} {
		said, err := parsePlan([]byte(`{"steps":[{"op":"` + tc.op + `","urn":"` + tc.urn + `"}]}`))
		require.NoError(t, err)
		err = said.latched()
		if tc.says == "" {
			require.NoError(t, err, tc.op)
			continue
		}
		require.ErrorIs(t, err, errLatched)
		require.EqualError(t, err, "the plan deletes or replaces what production keeps: "+tc.says+"; nothing was changed")
	}
}
