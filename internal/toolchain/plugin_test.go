package toolchain

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"crane/internal/hint"
)

const (
	localFile = "config:\n  cloudflare:apiHostname: 127.0.0.1:7701\n"
	liveFile  = "config:\n  cloudflare:apiHostname: api.cloudflare.com\n"
)

// fetching is a project with a Pulumi that does as a script says when it is to
// install a plugin that is not there, and the folder of the plugin.
func fetching(t *testing.T, script string) (Toolchain, string) {
	tools, path := bench(t)
	install(t, path, "v3.200.0")
	home := filepath.Join(tools.PulumiHome(), "plugins", pluginFolder)
	write(t, filepath.Join(path, "pulumi"), "#!/bin/sh\ntest $1 != version || { echo v3.200.0; exit; }\ntest ! -d "+home+" || exit 0\n"+script+"\n")
	write(t, filepath.Join(tools.Build(), "pulumi-resource-cloudflare"), "stand-in")
	write(t, tools.StackFile("staging"), localFile)
	write(t, tools.StackFile("production"), localFile)
	return tools, home
}

// TestALiveProjectRefusesTheStandIn: neither one that a rehearsal has left nor a
// new one is put up with, whichever stack is away from this machine.
func TestALiveProjectRefusesTheStandIn(t *testing.T) {
	t.Parallel()
	for _, live := range []string{"staging", "production"} {
		for _, rehearsed := range []bool{true, false} {
			tools, home := fetching(t, "echo error: no route to host >&2; exit 1")
			if rehearsed {
				require.NoError(t, tools.standIn(home))
			}
			write(t, tools.StackFile(live), liveFile)
			_, err := tools.plugin(t.Context())
			require.ErrorIs(t, err, ErrMissing)
			require.EqualError(t, err, "missing tool: the official cloudflare plugin 5.49.1 could not be downloaded: exit status 1: error: no route to host; "+
				"Pulumi."+live+".yaml is on api.cloudflare.com, where the stand-in does not go, and none is there now")
			require.Equal(t, "let this machine reach get.pulumi.com, then make tools", hint.Of(err))
			require.NoDirExists(t, home)
		}
	}
}

// TestALiveProjectReplacesTheStandIn: as soon as the official plugin is to be had,
// and only once.
func TestALiveProjectReplacesTheStandIn(t *testing.T) {
	t.Parallel()
	tools, home := fetching(t, `mkdir -p $PULUMI_HOME/plugins/`+pluginFolder+` && echo official > $PULUMI_HOME/plugins/`+pluginFolder+`/pulumi-resource-cloudflare`)
	require.NoError(t, tools.standIn(home))
	write(t, tools.StackFile("production"), liveFile)
	for range 2 {
		line, err := tools.plugin(t.Context())
		require.NoError(t, err)
		require.Equal(t, "official 5.49.1 (downloaded)", line)
		text, err := os.ReadFile(filepath.Join(home, "pulumi-resource-cloudflare"))
		require.NoError(t, err)
		require.Equal(t, "official\n", string(text))
		require.NoFileExists(t, standInMark(home))
		write(t, filepath.Join(tools.Path, "pulumi"), "#!/bin/sh\nexit 1\n") // nobody asks it again
	}
}

// TestARehearsalGoesOnWithTheStandIn: no download is tried again at each command.
func TestARehearsalGoesOnWithTheStandIn(t *testing.T) {
	t.Parallel()
	tools, home := fetching(t, "exit 1")
	require.NoError(t, tools.standIn(home))
	write(t, tools.StackFile("production"), "config: [")
	line, err := tools.plugin(t.Context())
	require.NoError(t, err)
	require.Contains(t, line, "stand-in for 5.49.1")
	require.FileExists(t, standInMark(home))
}
