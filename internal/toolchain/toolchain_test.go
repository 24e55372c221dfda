package toolchain

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"crane/internal/hint"
	"crane/internal/project"
)

// bench is a project without tools that pins a Pulumi, and a folder that is the
// whole PATH.
func bench(t *testing.T) (Toolchain, string) {
	root, path := t.TempDir(), t.TempDir()
	write(t, filepath.Join(root, "tools", "pulumi", "go.mod"), "module x\n\nrequire (\n\tgithub.com/pulumi/pulumi/sdk/v3 v3.200.0 // indirect\n)\n")
	return Toolchain{Layout: project.Layout{Root: root}, Path: path, Home: t.TempDir(), Progress: io.Discard}, path
}

func write(t *testing.T, path, text string) {
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
	require.NoError(t, os.WriteFile(path, []byte(text), 0o755))
}

func install(t *testing.T, dir, version string) {
	write(t, filepath.Join(dir, "pulumi"), "#!/bin/sh\necho "+version+"\n")
	write(t, filepath.Join(dir, "pulumi-language-go"), "#!/bin/sh\n")
}

// TestInstalledPulumiIsUsedWhenItIsThePinnedOne: any other, an older or a newer
// one, is neither used when the pinned one is built nor when it is not.
func TestInstalledPulumiIsUsedWhenItIsThePinnedOne(t *testing.T) {
	t.Parallel()
	for version, want := range map[string]bool{
		"v3.200.0": true, "v3.199.9": false, "v3.200.1": false, "v3.200.0-dev.1": false, "v3.201.0": false, "v4.0.0": false, "nonsense": false, "": false,
	} {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			tools, path := bench(t)
			install(t, path, version)
			installed, built := filepath.Join(path, "pulumi"), filepath.Join(tools.Bin(), "pulumi")
			if used, err := tools.Pulumi(); want {
				require.NoError(t, err)
				require.Equal(t, installed, used)
			} else {
				require.ErrorIs(t, err, ErrMissing)
				require.EqualError(t, err, "missing tool: pulumi v3.200.0 is neither on PATH nor built")
				require.Equal(t, "make tools", hint.Of(err))
			}
			write(t, built, "built")
			used, err := tools.Pulumi()
			require.NoError(t, err)
			require.Equal(t, map[bool]string{true: installed, false: built}[want], used)
		})
	}
}

// TestPinIsReadFromTheProject: the same CLI is another one's when the project
// pins another, and nobody's when it pins none.
func TestPinIsReadFromTheProject(t *testing.T) {
	t.Parallel()
	tools, path := bench(t)
	install(t, path, "v3.200.0")
	line, err := tools.pulumi(t.Context())
	require.NoError(t, err)
	require.Equal(t, filepath.Join(path, "pulumi")+" v3.200.0 (installed)", line)
	for _, text := range []string{"require github.com/pulumi/pulumi/sdk/v3 v3.201.0\n", "module x\n"} {
		write(t, filepath.Join(tools.Root, "tools", "pulumi", "go.mod"), text)
		_, ok := tools.installed()
		require.False(t, ok, text)
	}
	install(t, path, "")
	_, ok := tools.installed()
	require.False(t, ok, "a version that is not said is not one that is not pinned")
}

func TestPulumiWithoutItsHostIsNotUsed(t *testing.T) {
	t.Parallel()
	tools, path := bench(t)
	install(t, path, "v3.200.0")
	other := t.TempDir()
	require.NoError(t, os.Rename(filepath.Join(path, "pulumi-language-go"), filepath.Join(other, "pulumi-language-go")))
	for _, path := range []string{path, path + string(filepath.ListSeparator) + other} {
		tools.Path = path
		_, err := tools.Pulumi()
		require.ErrorIs(t, err, ErrMissing, "there is none, and one of another installation")
		require.Equal(t, "make tools", hint.Of(err))
	}
}

func TestVersionIsAskedOncePerBinary(t *testing.T) {
	t.Parallel()
	tools, path := bench(t)
	count := filepath.Join(t.TempDir(), "count")
	install(t, path, "v3.200.0")
	write(t, filepath.Join(path, "pulumi"), fmt.Sprintf("#!/bin/sh\necho x >> %s\necho v3.200.0\n", count))
	for range 3 {
		_, ok := tools.installed()
		require.True(t, ok)
	}
	asked, err := os.ReadFile(count)
	require.NoError(t, err)
	require.Equal(t, "x\n", string(asked))
}

func TestOfficialPluginReplacesTheStandIn(t *testing.T) {
	t.Parallel()
	tools, _ := bench(t)
	write(t, filepath.Join(tools.Build(), "pulumi-resource-cloudflare"), "stand-in")
	home := filepath.Join(tools.PulumiHome(), "plugins", pluginFolder)
	require.NoError(t, tools.standIn(home))
	line, err := tools.plugin(t.Context())
	require.NoError(t, err)
	require.Contains(t, line, "stand-in for 5.49.1: local Cloudflare only")

	write(t, filepath.Join(tools.Home, ".pulumi", "plugins", pluginFolder, "pulumi-resource-cloudflare"), "official")
	line, err = tools.plugin(t.Context())
	require.NoError(t, err)
	require.Equal(t, "official 5.49.1 (installed)", line)
	text, err := os.ReadFile(filepath.Join(home, "pulumi-resource-cloudflare"))
	require.NoError(t, err)
	require.Equal(t, "official", string(text))
}

func TestPackagesAreInstalledOncePerLockFile(t *testing.T) {
	t.Parallel()
	tools, path := bench(t)
	count := filepath.Join(t.TempDir(), "count")
	write(t, filepath.Join(tools.Workers(), "package-lock.json"), "{}")
	_, err := tools.packages(t.Context())
	require.ErrorIs(t, err, ErrMissing)
	require.Contains(t, hint.Of(err), "install Node.js")

	write(t, filepath.Join(path, "npm"), fmt.Sprintf("#!/bin/sh\n/bin/mkdir -p node_modules/.bin\n: > node_modules/.bin/workerd\necho \"$1\" >> %s\n", count))
	for range 2 {
		_, err = tools.packages(t.Context())
		require.NoError(t, err)
	}
	write(t, filepath.Join(tools.Workers(), "package-lock.json"), "{\"changed\":true}")
	_, err = tools.packages(t.Context())
	require.NoError(t, err)
	require.NoError(t, os.Remove(filepath.Join(tools.Workers(), "node_modules", ".bin", "workerd")))
	_, err = tools.packages(t.Context())
	require.NoError(t, err)
	calls, err := os.ReadFile(count)
	require.NoError(t, err)
	require.Equal(t, "ci\nci\nci\n", string(calls), "once, for a new lock file, and for a workerd that is gone")
}

func TestAFailedBuildSaysWhatTheToolSaid(t *testing.T) {
	t.Parallel()
	tools, path := bench(t)
	write(t, filepath.Join(tools.Workers(), "package-lock.json"), "{}")
	write(t, filepath.Join(path, "npm"), "#!/bin/sh\necho no space left >&2\nexit 3\n")
	_, err := tools.packages(t.Context())
	require.ErrorIs(t, err, ErrBuild)
	require.ErrorContains(t, err, "no space left")
	require.NoFileExists(t, filepath.Join(tools.Workers(), "node_modules", ".crane-lock"))
}
