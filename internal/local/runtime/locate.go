package runtime

import (
	"fmt"
	"os"
	"path/filepath"
	goruntime "runtime"

	"crane/internal/hint"
)

// Locate finds the workerd binary that `npm ci` put under root/workers. The
// package names are those of https://www.npmjs.com/package/workerd
// (optionalDependencies). The error is ErrNoWorkerd, with a hint.
func Locate(root string) (string, error) {
	arch, binary := goruntime.GOARCH, "workerd"
	if arch == "amd64" {
		arch = "64"
	}
	if goruntime.GOOS == "windows" {
		binary = "workerd.exe"
	}
	pkg := fmt.Sprintf("workerd-%s-%s", goruntime.GOOS, arch)
	path := filepath.Join(root, "workers", "node_modules", "@cloudflare", pkg, "bin", binary)
	if _, err := os.Stat(path); err != nil {
		return "", hint.Wrap(fmt.Errorf("%w at %s", ErrNoWorkerd, path), "run npm ci in workers")
	}
	return path, nil
}
