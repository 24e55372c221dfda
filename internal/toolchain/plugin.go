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
)

// PluginVersion is the official Cloudflare plugin that the Go SDK in go.mod
// belongs to.
const PluginVersion = "5.49.1"

const pluginFolder = "resource-cloudflare-v" + PluginVersion

// plugin puts the Cloudflare plugin into the project's own Pulumi home: the
// official one if it is installed for the user or can be downloaded, else the
// stand-in, which refuses everything but the local Cloudflare.
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
	if !exists(home) && t.download(ctx) == nil {
		return "official " + PluginVersion + " (downloaded)", nil
	}
	return "stand-in for " + PluginVersion + ": local Cloudflare only (the official one was not to be had)",
		t.standIn(home)
}

func standInMark(home string) string { return filepath.Join(home, "STAND-IN") }

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
	pulumi, err := t.Pulumi()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	fmt.Fprintf(t.Progress, "downloading the cloudflare plugin %s\n", PluginVersion)
	cmd := exec.CommandContext(ctx, pulumi, "plugin", "install", "resource", "cloudflare", PluginVersion)
	cmd.Env = append(os.Environ(), "PULUMI_HOME="+t.PulumiHome(), "PULUMI_SKIP_UPDATE_CHECK=true")
	cmd.Stdout, cmd.Stderr = t.Progress, t.Progress
	return cmd.Run()
}

// standIn copies the stand-in that was built with the other commands. It is not
// built into the folder that is on PATH, because Pulumi prefers a plugin it finds
// there to an installed one, the official one included.
func (t Toolchain) standIn(home string) error {
	built, installed := filepath.Join(t.Build(), "pulumi-resource-cloudflare"), filepath.Join(home, "pulumi-resource-cloudflare")
	if same(built, installed) {
		return nil
	}
	if err := os.MkdirAll(home, 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(standInMark(home), []byte("not the official plugin\n"), 0o644); err != nil {
		return err
	}
	return copyFile(built, installed)
}

// same compares what a copy would change.
func same(a, b string) bool {
	one, err := os.Stat(a)
	if err != nil {
		return false
	}
	two, err := os.Stat(b)
	return err == nil && one.Size() == two.Size() && one.ModTime().Equal(two.ModTime())
}

// copyFile replaces a program that may be running.
func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	info, err := in.Stat()
	if err != nil {
		return err
	}
	out, err := os.CreateTemp(filepath.Dir(to), "*.tmp")
	if err != nil {
		return err
	}
	defer os.Remove(out.Name())
	_, err = io.Copy(out, in)
	for _, step := range []func() error{
		out.Close,
		func() error { return os.Chmod(out.Name(), 0o755) },
		func() error { return os.Chtimes(out.Name(), info.ModTime(), info.ModTime()) },
	} {
		if err == nil {
			err = step()
		}
	}
	if err != nil {
		return err
	}
	return os.Rename(out.Name(), to)
}
