package toolchain

import (
	"io"
	"os"
	"path/filepath"
)

// standInMark is the file that tells the stand-in from the official plugin.
func standInMark(home string) string { return filepath.Join(home, "STAND-IN") }

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
