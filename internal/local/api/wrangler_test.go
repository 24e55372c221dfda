package api_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"crane/internal/local/account"
	"crane/internal/local/api"
)

// wrangler is a folder from which the real wrangler speaks to a cloud.
type wrangler struct {
	cloud *cloud
	dir   string
}

func newWrangler(t *testing.T, files map[string]string) wrangler {
	t.Helper()
	w := wrangler{newCloud(t), t.TempDir()}
	for name, text := range files {
		w.write(t, name, text)
	}
	return w
}

func (w wrangler) write(t *testing.T, name, text string) {
	t.Helper()
	path := filepath.Join(w.dir, name)
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
}

// run runs one command and returns all it printed, on both streams.
func (w wrangler) run(t *testing.T, input string, args ...string) (string, error) {
	t.Helper()
	path, err := filepath.Abs("../../../workers/node_modules/wrangler/bin/wrangler.js")
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "node", append([]string{path}, args...)...)
	cmd.Dir = w.dir
	cmd.Env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + w.dir, "XDG_CONFIG_HOME=" + w.dir, "TMPDIR=" + w.dir, "CI=1", "NO_COLOR=1",
		"WRANGLER_SEND_METRICS=false", "npm_registry=http://127.0.0.1:1", // where no newer wrangler is looked for
		"CLOUDFLARE_API_BASE_URL=" + w.cloud.api.URL + api.Prefix,
		"CLOUDFLARE_API_TOKEN=" + account.Staging.Token, "CLOUDFLARE_ACCOUNT_ID=" + account.Staging.ID,
	}
	stdin, err := os.CreateTemp(w.dir, "stdin")
	require.NoError(t, err)
	defer stdin.Close()
	_, err = stdin.WriteString(input)
	require.NoError(t, err)
	_, err = stdin.Seek(0, 0)
	require.NoError(t, err)
	cmd.Stdin = stdin
	text, err := cmd.CombinedOutput()
	return string(text), err
}

// must runs a command that has to succeed and to print something.
func (w wrangler) must(t *testing.T, want string, args ...string) string {
	t.Helper()
	text, err := w.run(t, "", args...)
	require.NoError(t, err, text)
	require.Contains(t, text, want)
	return text
}

// fails runs a command that has to fail and to print something; nothing of the
// records may have changed then.
func (w wrangler) fails(t *testing.T, want string, args ...string) {
	t.Helper()
	before := w.cloud.state()
	text, err := w.run(t, "", args...)
	require.Error(t, err, text)
	require.Contains(t, text, want)
	require.Equal(t, before, w.cloud.state())
}

// asked are the calls since the last time, relative to the account.
func (w wrangler) asked() []string { return calls(w.cloud.asked.take()) }

func TestWranglerWhoami(t *testing.T) {
	t.Parallel()
	w := newWrangler(t, nil)
	text := w.must(t, "You are logged in with an User API Token, associated with the email agent@localhost.", "whoami")
	require.Contains(t, text, "│ "+account.Staging.Name+" │ "+account.Staging.ID+" │")
	require.NotContains(t, text, account.Production.ID)
	require.Equal(t, []string{"GET /user/tokens/verify", "GET /user", "GET /accounts?page=1"}, w.asked())
}
