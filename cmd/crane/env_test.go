package main

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"crane/internal/project"
)

const stackFile = `config:
  cloudflare:apiHostname: HOST
  crane:accountId: 0c4a5e00000000000000000000000051
  crane:domain: localhost:7702
  crane:infisical: http://127.0.0.1:7703
`

// shell is a world whose only content is its environment and a stack file.
func shell(t *testing.T, host string, environ ...string) (world, project.Layout) {
	l := project.Layout{Root: t.TempDir()}
	require.NoError(t, os.WriteFile(l.StackFile("staging"), []byte(strings.ReplaceAll(stackFile, "HOST", host)), 0o644))
	return world{environ: func() []string { return environ }}, l
}

// TestBuiltEnvironment starts from a shell that wants to reach production, or
// somebody else's machine: none of it gets through.
func TestBuiltEnvironment(t *testing.T) {
	t.Parallel()
	w, l := shell(t, "127.0.0.1:7701",
		"HOME=/home/a", "PATH=/bin", "CRANE_ENV=prod",
		"PULUMI_STACK=production", "PULUMI_BACKEND_URL=s3://production", "PULUMI_OPTION_IGNORE_PROTECT=true",
		"PULUMI_CONFIG_PASSPHRASE=production", "PULUMI_CONFIG_PASSPHRASE_FILE=/etc/passphrase", "PULUMI_HOME=/elsewhere",
		"PULUMI_PLUGIN_DOWNLOAD_URL_OVERRIDES=.*=http://evil", "PULUMI_CONFIG={}",
		"CLOUDFLARE_API_TOKEN=production", "CLOUDFLARE_API_KEY=k", "CLOUDFLARE_EMAIL=e", "CLOUDFLARE_ACCOUNT_ID=production",
		"CLOUDFLARE_API_BASE_URL=http://evil", "CLOUDFLARE_API_HOSTNAME=evil", "CLOUDFLARE_BASE_URL=http://evil",
		"INFISICAL_UNIVERSAL_AUTH_CLIENT_ID=evil", "INFISICAL_TOKEN=evil", "CRANE_INFISICAL_CLIENT_SECRET=production",
		"SSL_CERT_FILE=/evil.pem", "LD_PRELOAD=/evil.so",
	)
	built, err := w.built(l)
	require.NoError(t, err)
	require.ElementsMatch(t, []string{
		"HOME=/home/a",
		"CRANE_ENV=dev",
		"PATH=" + l.Bin() + ":/bin",
		"PULUMI_BACKEND_URL=file://" + l.Root + "/.crane/state/staging",
		"PULUMI_HOME=" + l.PulumiHome(),
		"PULUMI_SKIP_UPDATE_CHECK=true",
		"PULUMI_STACK=staging",
		"PULUMI_CONFIG_PASSPHRASE=crane-local-staging",
		"CLOUDFLARE_ACCOUNT_ID=0c4a5e00000000000000000000000051",
		"GOFLAGS=-buildvcs=false",
		"CLOUDFLARE_API_BASE_URL=https://127.0.0.1:7701/client/v4",
		"CLOUDFLARE_API_TOKEN=local-staging-token-00000000000000000000",
		"CRANE_INFISICAL_CLIENT_SECRET=local-staging-client-secret",
		"NODE_EXTRA_CA_CERTS=" + l.Local() + "/roots.pem",
		"SSL_CERT_FILE=" + l.Local() + "/roots.pem",
		"WRANGLER_SEND_METRICS=false",
	}, built)
}

// TestLiveStagingBringsItsOwnCredentials holds that the local ones, which are
// public, are never given to the real Cloudflare.
func TestLiveStagingBringsItsOwnCredentials(t *testing.T) {
	t.Parallel()
	w, l := shell(t, "api.cloudflare.com", "CLOUDFLARE_API_TOKEN=mine", "PULUMI_CONFIG_PASSPHRASE=mine")
	built, err := w.built(l)
	require.NoError(t, err)
	text := strings.Join(built, "\n")
	require.Contains(t, text, "CLOUDFLARE_API_TOKEN=mine")
	require.Contains(t, text, "PULUMI_CONFIG_PASSPHRASE=mine")
	require.Contains(t, text, "PULUMI_STACK=staging")
	require.NotContains(t, text, "local-staging")
	require.NoDirExists(t, l.Local())
}

// TestUnstamped: what a user asks of Go stays.
func TestUnstamped(t *testing.T) {
	t.Parallel()
	require.Equal(t, "-mod=mod -buildvcs=false", unstamped("-mod=mod"))
	require.Equal(t, "-buildvcs=auto", unstamped("-buildvcs=auto"))
}

func TestQuoted(t *testing.T) {
	t.Parallel()
	require.Equal(t, `'it'\''s $HOME'`, quoted("it's $HOME"))
}
