package promotion_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"crane/internal/gate"
	"crane/internal/hint"
	"crane/internal/idtoken"
	"crane/internal/local/issuer"
	"crane/internal/promotion"
	"crane/internal/release"
	"crane/internal/secrets"
	"crane/stacks"
)

// stage is a repository of one commit, an issuer, and a promotion of that commit
// that is prepared in it.
type stage struct {
	t         *testing.T
	root, url string
	commit    string
}

func prepared(t *testing.T) *stage {
	t.Helper()
	s := &stage{t: t, root: t.TempDir()}
	tokens, err := issuer.Open(t.TempDir())
	require.NoError(t, err)
	mux := http.NewServeMux()
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	s.url = server.URL
	mux.Handle(issuer.Prefix+"/", tokens.Handler(s.url+issuer.Prefix))
	s.git("init", "-q", "-b", "main")
	s.write(".gitignore", ".crane/\n")
	s.commitAll()
	s.commit = s.git("rev-parse", "HEAD")
	s.prepare(issuer.Deployment(s.commit), promotion.Note{})
	return s
}

func (s *stage) git(args ...string) string {
	s.t.Helper()
	cmd := exec.Command("git", append([]string{"-c", "user.name=t", "-c", "user.email=t@example.com"}, args...)...)
	cmd.Dir = s.root
	out, err := cmd.CombinedOutput()
	require.NoError(s.t, err, string(out))
	return strings.TrimSpace(string(out))
}

func (s *stage) write(name, text string) {
	s.t.Helper()
	require.NoError(s.t, os.WriteFile(filepath.Join(s.root, name), []byte(text), 0o644))
}

func (s *stage) commitAll() { s.git("add", "-A"); s.git("commit", "-qm", "a commit") }

// signer signs receipts by the issuer at an address.
type signer struct {
	*stage
	at     string
	claims issuer.Claims
}

func (s signer) Sign(ctx context.Context, audience string) (string, []byte, error) {
	job, err := idtoken.FromEnvironment(s.jobAt(s.at, s.claims))
	require.NoError(s.t, err)
	token, err := job.Token(ctx, audience)
	require.NoError(s.t, err)
	keys, err := gate.Archive(ctx, s.at+issuer.Prefix)
	return token, keys, err
}

// job are the variables of a job, by name.
func (s *stage) job(claims issuer.Claims) func(string) string { return s.jobAt(s.url, claims) }

func (s *stage) jobAt(url string, claims issuer.Claims) func(string) string {
	s.t.Helper()
	job, err := issuer.StartJob(s.t.Context(), http.DefaultClient, url+issuer.Prefix, claims)
	require.NoError(s.t, err)
	return func(name string) string {
		return map[string]string{idtoken.URLVariable: strings.Replace(job.URL, s.url, url, 1), idtoken.TokenVariable: job.Token}[name]
	}
}

// prepare signs a receipt of the commit and prepares its promotion.
func (s *stage) prepare(claims issuer.Claims, note promotion.Note) {
	s.t.Helper()
	s.prepareBy(s.url, claims, note)
}

// prepareBy has the issuer at another address sign.
func (s *stage) prepareBy(url string, claims issuer.Claims, note promotion.Note) {
	s.t.Helper()
	code := []byte("export default {}\n")
	sum := sha256.Sum256(code)
	digest := hex.EncodeToString(sum[:])
	now := time.Now().UTC().Truncate(time.Second)
	receipt := release.Receipt{
		Commit: s.commit, RunID: "9000000001", Verified: now,
		Workers: map[string]release.Worker{"w": {
			Bundle: digest, CompatibilityDate: "2026-11-01", CompatibilityFlags: []string{}, Revision: digest, VerifiedAt: now,
		}},
		Databases: map[string]release.Database{},
		Secrets:   secrets.Prove(stacks.Fleet{}, map[string]string{stacks.FingerprintKey: "a-key-that-both-of-them-have"}),
	}
	dir := filepath.Join(s.t.TempDir(), "receipt")
	require.NoError(s.t, release.Write(s.t.Context(), dir, receipt, map[string][]byte{digest: code}, signer{s, url, claims}))
	signed, err := release.Open(dir)
	require.NoError(s.t, err)
	require.NoError(s.t, promotion.Prepare(s.root, signed, note))
}

func (s *stage) admit(job func(string) string) (*promotion.Admission, error) {
	environ := []string{"PATH=" + os.Getenv("PATH"), "HOME=" + s.root, "GIT_DIR=/nowhere", "GITHUB_ACTIONS=true", "GITHUB_REF=refs/heads/main"}
	for _, name := range []string{idtoken.URLVariable, idtoken.TokenVariable} {
		if job != nil {
			environ = append(environ, name+"="+job(name))
		}
	}
	return promotion.Admit(s.t.Context(), promotion.Request{
		Root: s.root, Where: gate.Where{APIHost: "127.0.0.1:1", Infisical: s.url}, Environ: environ, Now: time.Now,
	})
}

func TestAdmit(t *testing.T) {
	t.Parallel()
	s := prepared(t)
	a, err := s.admit(s.job(issuer.Promotion(s.commit)))
	require.NoError(t, err)
	require.Equal(t, s.commit, a.Receipt.Commit)
	require.Equal(t, s.commit, a.Claims.SHA)
	require.Equal(t, promotion.Past{Commit: s.commit, Receipt: a.Digest(), Verified: a.Receipt.Verified}, a.Past())

	// The workflow was started on a later commit: the receipt's is in its history.
	s.git("commit", "-q", "--allow-empty", "-m", "later")
	later := s.git("rev-parse", "HEAD")
	s.git("checkout", "-q", s.commit)
	_, err = s.admit(s.job(issuer.Promotion(later)))
	require.NoError(t, err)
}

func TestAdmitRefuses(t *testing.T) {
	t.Parallel()
	for what, tc := range map[string]struct {
		change func(s *stage) (job func(string) string)
		says   string
		hint   string
	}{
		"no job": {func(s *stage) func(string) string { return nil },
			"not a job of the workflow: ACTIONS_ID_TOKEN_REQUEST_URL and ACTIONS_ID_TOKEN_REQUEST_TOKEN are not both set", promotion.Instead()},
		"nothing prepared": {func(s *stage) func(string) string {
			require.NoError(t, os.RemoveAll(filepath.Join(s.root, promotion.Place)))
			return s.job(issuer.Promotion(s.commit))
		}, "no promotion was prepared in .crane/promotion", promotion.Instead()},
		"no note": {func(s *stage) func(string) string {
			require.NoError(t, os.Remove(filepath.Join(s.root, promotion.Place, "promotion.json")))
			return s.job(issuer.Promotion(s.commit))
		}, "no promotion was prepared in .crane/promotion", promotion.Instead()},
		"another job": {func(s *stage) func(string) string { return s.job(issuer.Deployment(s.commit)) }, "environment", ""},
		"a receipt of another job": {func(s *stage) func(string) string {
			s.prepare(issuer.Promotion(s.commit), promotion.Note{})
			return s.job(issuer.Promotion(s.commit))
		}, "the receipt is not of the workflow that verifies staging", ""},
		"a receipt of another job, going back": {func(s *stage) func(string) string {
			s.prepare(issuer.Promotion(s.commit), promotion.Note{Rollback: true})
			return s.job(issuer.Promotion(s.commit))
		}, "the receipt is not of the workflow that verifies staging", ""},
		"a receipt with a key of its own, going back": {func(s *stage) func(string) string {
			stranger, err := issuer.Open(t.TempDir())
			require.NoError(t, err)
			server := httptest.NewServer(stranger.Handler(s.url + issuer.Prefix))
			t.Cleanup(server.Close)
			s.prepareBy(server.URL, issuer.Deployment(s.commit), promotion.Note{Rollback: true})
			return s.job(issuer.Promotion(s.commit))
		}, "not signed by the issuer of the gate", ""},
		"an edited receipt": {func(s *stage) func(string) string {
			file := filepath.Join(s.root, promotion.Place, "receipt.json")
			text, err := os.ReadFile(file)
			require.NoError(t, err)
			require.NoError(t, os.WriteFile(file, []byte(strings.Replace(string(text), "9000000001", "9000000002", 1)), 0o600))
			return s.job(issuer.Promotion(s.commit))
		}, "the receipt is not the one that was signed", ""},
		"another checkout": {func(s *stage) func(string) string {
			s.git("commit", "-q", "--allow-empty", "-m", "later")
			return s.job(issuer.Promotion(s.commit))
		}, "the checkout is not what staging verified: ", ""},
		"a changed file": {func(s *stage) func(string) string {
			s.write(".gitignore", ".crane/\n*.go\n")
			return s.job(issuer.Promotion(s.commit))
		}, "there are changes that are not committed, such as in .gitignore", "commit them and have staging verify that, or git stash --include-untracked"},
		"a new file": {func(s *stage) func(string) string {
			s.write("evil.go", "package main\n")
			return s.job(issuer.Promotion(s.commit))
		}, "there are changes that are not committed, such as in evil.go", ""},
		"a changed file that the index looks away from": {func(s *stage) func(string) string {
			s.git("update-index", "--skip-worktree", ".gitignore")
			s.write(".gitignore", ".crane/\n*.go\n")
			return s.job(issuer.Promotion(s.commit))
		}, "such as in .gitignore", ""},
		"a changed file, and a clean one elsewhere that git looks at": {func(s *stage) func(string) string {
			clean := s.t.TempDir()
			require.NoError(s.t, os.WriteFile(filepath.Join(clean, ".gitignore"), []byte(".crane/\n"), 0o644))
			s.git("config", "core.worktree", clean)
			s.write(".gitignore", ".crane/\n*.go\n")
			return s.job(issuer.Promotion(s.commit))
		}, "such as in .gitignore", ""},
		"a changed file that a filter cleans": {func(s *stage) func(string) string {
			s.write(".git/info/attributes", ".gitignore filter=wash\n")
			s.git("config", "filter.wash.clean", "echo .crane/")
			s.write(".gitignore", ".crane/\n*.go\n")
			return s.job(issuer.Promotion(s.commit))
		}, "such as in .gitignore", ""},
		"a file that is gone": {func(s *stage) func(string) string {
			require.NoError(s.t, os.Remove(filepath.Join(s.root, ".gitignore")))
			return s.job(issuer.Promotion(s.commit))
		}, "such as in .gitignore", ""},
		"a new file that the clone ignores": {func(s *stage) func(string) string {
			s.write("evil.go", "package main\n")
			s.write(".git/info/exclude", "evil.go\n")
			return s.job(issuer.Promotion(s.commit))
		}, "such as in evil.go", ""},
		"a new file that its owner ignores, and a program of theirs": {func(s *stage) func(string) string {
			s.write("evil.go", "package main\n")
			s.write(".crane/ignore", "evil.go\n")
			s.write(".crane/monitor", "#!/bin/sh\ntouch "+s.root+"/ran\n")
			require.NoError(s.t, os.Chmod(filepath.Join(s.root, ".crane/monitor"), 0o755))
			s.git("config", "core.excludesFile", s.root+"/.crane/ignore")
			s.git("config", "core.fsmonitor", s.root+"/.crane/monitor")
			s.t.Cleanup(func() { require.NoFileExists(s.t, filepath.Join(s.root, "ran")) })
			return s.job(issuer.Promotion(s.commit))
		}, "such as in evil.go", ""},
		"another history": {func(s *stage) func(string) string {
			s.git("checkout", "-q", "--orphan", "other")
			s.git("commit", "-q", "--allow-empty", "-m", "other")
			other := s.git("rev-parse", "HEAD")
			s.git("checkout", "-q", s.commit)
			return s.job(issuer.Promotion(other))
		}, "is not part of the history of", ""},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			s := prepared(t)
			a, err := s.admit(tc.change(s))
			require.Nil(t, a)
			require.ErrorIs(t, err, promotion.ErrClosed)
			require.ErrorContains(t, err, "production is closed: it changes only through the gated workflow; nothing was changed: ")
			require.ErrorContains(t, err, tc.says)
			require.NotEmpty(t, hint.Of(err))
			if tc.hint != "" {
				require.Equal(t, tc.hint, hint.Of(err))
			}
		})
	}
}

func TestTouches(t *testing.T) {
	t.Parallel()
	for what, tc := range map[string]struct {
		stack   stacks.Stack
		account string
		touches bool
		says    string
	}{
		"staging":                 {stacks.Staging, stacks.Staging.AccountID, false, ""},
		"staging, elsewhere":      {stacks.Staging, "00000000000000000000000000000000", false, ""},
		"production":              {stacks.Production, stacks.Production.AccountID, true, ""},
		"staging as production":   {stacks.Staging, stacks.Production.AccountID, true, "crane:accountId of stack staging is production's; nothing was changed"},
		"production as staging":   {stacks.Production, stacks.Staging.AccountID, true, "crane:accountId of production is " + stacks.Staging.AccountID},
		"production without one":  {stacks.Production, "", true, "crane:accountId of production is "},
		"production in uppercase": {stacks.Production, strings.ToUpper(stacks.Production.AccountID), true, "crane:accountId of production is "},
	} {
		touches, err := promotion.Touches(tc.stack, tc.account)
		require.Equal(t, tc.touches, touches, what)
		if tc.says == "" {
			require.NoError(t, err, what)
			continue
		}
		require.ErrorIs(t, err, promotion.ErrAccount, what)
		require.ErrorContains(t, err, tc.says, what)
		require.NotEmpty(t, hint.Of(err), what)
	}
}
