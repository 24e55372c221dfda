package toolchain

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"crane/internal/hint"
	"crane/stacks"
)

// PluginVersion is the official Cloudflare plugin that the Go SDK in go.mod
// belongs to.
const PluginVersion = "5.49.1"

const pluginFolder = "resource-cloudflare-v" + PluginVersion

// plugin puts the Cloudflare plugin into the project's own Pulumi home: the
// official one if it is installed for the user or can be downloaded, else the
// stand-in, which refuses everything but the local Cloudflare, and with which a
// project is not served that is anywhere else.
func (t Toolchain) plugin(ctx context.Context) (string, error) {
	home := filepath.Join(t.PulumiHome(), "plugins", pluginFolder)
	if err := os.MkdirAll(filepath.Dir(home), 0o755); err != nil {
		return "", err
	}
	official := filepath.Join(t.Home, ".pulumi", "plugins", pluginFolder)
	if _, err := os.Stat(filepath.Join(official, "pulumi-resource-cloudflare")); err == nil {
		return "official " + PluginVersion + " (installed)", link(official, home)
	}
	if exists(home) && !exists(standInMark(home)) {
		return "official " + PluginVersion + " (downloaded)", nil
	}
	if away := t.away(); away != "" {
		return "official " + PluginVersion + " (downloaded)", t.insist(ctx, home, away)
	}
	if !exists(home) && t.download(ctx) == nil {
		return "official " + PluginVersion + " (downloaded)", nil
	}
	return "stand-in for " + PluginVersion + ": local Cloudflare only (the official one was not to be had)",
		t.standIn(home)
}

// away names a stack file that is not on the local Cloudflare, and where that is
// instead; empty means there is none. That a file is whole is not the question here.
func (t Toolchain) away() string {
	for _, stack := range stacks.All() {
		if s, _ := t.ReadSettings(stack.Name); s.APIHost != "" && !s.Local() {
			return fmt.Sprintf("%s is on %s", filepath.Base(t.StackFile(stack.Name)), s.APIHost)
		}
	}
	return ""
}

// insist has Pulumi install the official plugin, without a stand-in in its place,
// which it would take for the plugin.
func (t Toolchain) insist(ctx context.Context, home, away string) error {
	if err := os.RemoveAll(home); err != nil {
		return err
	}
	if err := t.install(ctx); err != nil {
		return hint.Wrap(fmt.Errorf("%w: the official cloudflare plugin %s could not be downloaded: %w; %s, where the stand-in does not go, and none is there now",
			ErrMissing, PluginVersion, err, away), "let this machine reach get.pulumi.com, then make tools")
	}
	return nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// link makes home a link to the official plugin, replacing a stand-in.
func link(official, home string) error {
	if to, err := os.Readlink(home); err == nil && to == official {
		return nil
	}
	if err := os.RemoveAll(home); err != nil {
		return err
	}
	return os.Symlink(official, home)
}

// download installs the official plugin. A machine without a way out is
// recognised within three seconds.
func (t Toolchain) download(ctx context.Context) error {
	conn, err := (&net.Dialer{Timeout: 3 * time.Second}).DialContext(ctx, "tcp", "get.pulumi.com:443")
	if err != nil {
		return err
	}
	_ = conn.Close() // it was only a question
	return t.install(ctx)
}

// install has Pulumi download the official plugin, for two minutes at most. What
// it said last is in the error.
func (t Toolchain) install(ctx context.Context) error {
	pulumi, err := t.Pulumi()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	fmt.Fprintf(t.Progress, "downloading the cloudflare plugin %s\n", PluginVersion)
	last := &tail{}
	cmd := exec.CommandContext(ctx, pulumi, "plugin", "install", "resource", "cloudflare", PluginVersion)
	cmd.Env = append(os.Environ(), "PULUMI_HOME="+t.PulumiHome(), "PULUMI_SKIP_UPDATE_CHECK=true")
	cmd.Stdout, cmd.Stderr = io.MultiWriter(t.Progress, last), io.MultiWriter(t.Progress, last)
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%w: %s", err, last)
	}
	return nil
}
