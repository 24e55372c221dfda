package toolchain

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"crane/internal/hint"
)

// Pulumi is the CLI that is used: one on PATH if it is of the pinned version and
// has its Go language host beside it, else the one built here. A runner's image
// has whatever version is new, and none but the pinned one was tried.
func (t Toolchain) Pulumi() (string, error) {
	if path, ok := t.installed(); ok {
		return path, nil
	}
	path := filepath.Join(t.Bin(), "pulumi")
	if _, err := os.Stat(path); err != nil {
		return "", hint.Wrap(fmt.Errorf("%w: pulumi %s is neither on PATH nor built", ErrMissing, t.pinned()), "make tools")
	}
	return path, nil
}

func (t Toolchain) pulumi(ctx context.Context) (string, error) {
	if path, ok := t.installed(); ok {
		return path + " " + t.pinned() + " (installed)", nil
	}
	for _, tool := range []string{"pulumi", "pulumi-language-go"} {
		if err := t.build(ctx, tool); err != nil {
			return "", err
		}
	}
	return filepath.Join(".crane", "bin", "pulumi") + " " + t.pinned() + " (built here)", nil
}

// installed finds a CLI on PATH that can be used. Its version is asked once per
// binary, because asking takes a quarter of a second.
func (t Toolchain) installed() (string, bool) {
	path, ok := t.lookup("pulumi")
	if !ok {
		return "", false
	}
	if host, ok := t.lookup("pulumi-language-go"); !ok || filepath.Dir(host) != filepath.Dir(path) {
		return "", false
	}
	version, err := t.remembered(path)
	return path, err == nil && version != "" && version == t.pinned()
}

// remembered is the version of a CLI, from a stamp that holds as long as the
// file is the same.
func (t Toolchain) remembered(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", err
	}
	key := fmt.Sprintf("%s %d %d", path, info.Size(), info.ModTime().UnixNano())
	stamp := t.stamp("pulumi-version")
	if text, err := os.ReadFile(stamp); err == nil {
		if known, version, ok := strings.Cut(string(text), "\n"); ok && known == key {
			return version, nil
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, path, "version").Output()
	if err != nil {
		return "", err
	}
	version := strings.TrimSpace(string(out))
	return version, t.mark(stamp, key+"\n"+version)
}

// build builds one of the modules under tools, unless the one that is there
// was built from the same go.mod by the same Go.
func (t Toolchain) build(ctx context.Context, tool string) error {
	module := filepath.Join(t.Root, "tools", tool)
	want, err := t.recipe(module)
	if err != nil {
		return err
	}
	binary, stamp := filepath.Join(t.Bin(), tool), t.stamp(tool)
	if have, err := os.ReadFile(stamp); err == nil && string(have) == want {
		if _, err := os.Stat(binary); err == nil {
			return nil
		}
	}
	program, ok := t.lookup("go")
	if !ok {
		return missing("go", "install Go, https://go.dev/dl")
	}
	fmt.Fprintf(t.Progress, "building %s %s (some minutes, once)\n", tool, t.versionIn(module))
	stop := t.ticking(tool)
	defer stop()
	flags := "-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=" + t.versionIn(module)
	if err := t.run(ctx, module, program, "build", "-ldflags", flags, "-o", binary, "tool"); err != nil {
		return err
	}
	return t.mark(stamp, want)
}

// recipe is what a build depends on.
func (t Toolchain) recipe(module string) (string, error) {
	text, err := os.ReadFile(filepath.Join(module, "go.mod"))
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:]), nil
}

// pinned is the version of the CLI, as it says it itself.
func (t Toolchain) pinned() string { return t.versionIn(filepath.Join(t.Root, "tools", "pulumi")) }

// versionIn reads the version of Pulumi's SDK that a module of tools pins.
func (t Toolchain) versionIn(module string) string {
	f, err := os.Open(filepath.Join(module, "go.mod"))
	if err != nil {
		return ""
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		fields := strings.Fields(strings.TrimPrefix(strings.TrimSpace(lines.Text()), "require "))
		if len(fields) >= 2 && fields[0] == "github.com/pulumi/pulumi/sdk/v3" {
			return fields[1]
		}
	}
	return ""
}

// ticking says now and then that a silent build is still going on.
func (t Toolchain) ticking(tool string) (stop func()) {
	started, ticker, done := time.Now(), time.NewTicker(20*time.Second), make(chan struct{})
	go func() {
		for {
			select {
			case <-ticker.C:
				fmt.Fprintf(t.Progress, "still building %s, %s\n", tool, time.Since(started).Round(time.Second))
			case <-done:
				return
			}
		}
	}()
	return func() { ticker.Stop(); close(done) }
}

func (t Toolchain) stamp(name string) string { return t.Hidden("stamps", name) }

func (t Toolchain) mark(stamp, text string) error {
	if err := os.MkdirAll(filepath.Dir(stamp), 0o755); err != nil {
		return err
	}
	return os.WriteFile(stamp, []byte(text), 0o644)
}
