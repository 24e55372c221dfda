package toolchain

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
)

// packages installs the npm packages of the Workers, workerd among them, by
// their lock file.
func (t Toolchain) packages(ctx context.Context) (string, error) {
	lock, err := os.ReadFile(filepath.Join(t.Workers(), "package-lock.json"))
	if err != nil {
		return "", err
	}
	const line = "workers/node_modules, by workers/package-lock.json"
	// npm writes its own stamp last; ours says which lock file it was for.
	stamp := filepath.Join(t.Workers(), "node_modules", ".crane-lock")
	if have, err := os.ReadFile(stamp); err == nil && string(have) == string(lock) && t.hasWorkerd() {
		return line, nil
	}
	npm, ok := t.lookup("npm")
	if !ok {
		return "", missing("npm", "install Node.js 20 or newer, https://nodejs.org")
	}
	fmt.Fprintln(t.Progress, "installing the npm packages of the Workers")
	if err := t.run(ctx, t.Workers(), npm, "ci", "--no-audit", "--no-fund", "--loglevel=error"); err != nil {
		return "", err
	}
	return line, os.WriteFile(stamp, lock, 0o644)
}

// hasWorkerd looks for the one package that nothing works without.
func (t Toolchain) hasWorkerd() bool {
	return exists(filepath.Join(t.Workers(), "node_modules", ".bin", "workerd"))
}
