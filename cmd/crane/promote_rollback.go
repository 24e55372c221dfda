package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"crane/internal/hint"
	"crane/internal/lint"
	"crane/internal/migrate"
	"crane/internal/release"
	"crane/stacks"
)

// errOldCode means that the code cannot run on the schema that there is.
var errOldCode = errors.New("the old code cannot run on the schema")

// enter makes, for a rollback, a checkout of its own of the receipt's commit: the
// program that runs is the one of that commit, and what is checked out stays.
func (p *promoting) enter(ctx context.Context) error {
	if !p.rollback {
		return nil
	}
	p.leave(ctx)
	p.root = p.Layout.Hidden("rollback")
	if err := p.git(ctx, "worktree", "add", "--detach", "--force", p.root, p.signed.Receipt.Commit); err != nil {
		return hint.Wrap(fmt.Errorf("commit %.12s cannot be checked out; nothing was changed: %w", p.signed.Receipt.Commit, err),
			"git fetch --unshallow, so that its history is here")
	}
	plugin := filepath.Join("provider", "pulumi-resource-crane")
	program, err := filepath.EvalSymlinks(filepath.Join(p.Layout.Root, plugin))
	if err != nil {
		return err
	}
	return os.Symlink(program, filepath.Join(p.root, plugin))
}

// leave takes that checkout away; one of a promotion that was killed too.
func (p *promoting) leave(ctx context.Context) {
	if p.rollback && exists(p.Layout.Hidden("rollback")) {
		_ = os.RemoveAll(p.Layout.Hidden("rollback"))
		_ = p.git(ctx, "worktree", "prune")
	}
}

func (p *promoting) git(ctx context.Context, args ...string) error {
	cmd := exec.CommandContext(ctx, "git", args...)
	cmd.Dir, cmd.Env = p.Layout.Root, append(p.machine(), "PATH="+p.getenv("PATH"))
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("git %s: %s", args[0], strings.TrimSpace(string(out)))
	}
	return nil
}

// runsOn compares the schema that the old code was written for, by its own
// migrations, with the one that production has.
func (p *promoting) runsOn(ctx context.Context) error {
	var lines []string
	for _, name := range sortedNames(p.signed.Receipt.Databases) {
		files, err := p.filesOf(name)
		if err != nil {
			return err
		}
		written, err := migrate.Replay(ctx, nil, files)
		if err != nil {
			return err
		}
		against, err := lint.Runs(ctx, written, p.before.Databases[name].Schema)
		if err != nil {
			return err
		}
		for _, line := range against {
			lines = append(lines, name+": "+line)
		}
	}
	if len(lines) == 0 {
		return nil
	}
	return hint.Wrap(fmt.Errorf("%w: %s; nothing was changed", errOldCode, verdict(lines)),
		"mend the code on staging and promote that; restoring the data is in docs/production.md")
}

// filesOf are the migrations that a database had at the receipt's commit. They
// have to be the receipt's: without them nothing can be said of the old code.
func (p *promoting) filesOf(name string) ([]migrate.File, error) {
	db, _ := stacks.Default().Database(name)
	files, err := migrate.Read(os.DirFS(filepath.Join(p.root, db.Migrations)))
	wants := p.signed.Receipt.Databases[name].Migrations
	same := err == nil && slices.EqualFunc(files, wants, func(f migrate.File, m release.Migration) bool {
		return f.Name == m.Name && f.SHA256 == m.SHA256
	})
	if !same {
		return nil, hint.Wrap(fmt.Errorf("%w: the migrations that %s had then are not found; nothing was changed", errOldCode, name),
			"mend the code on staging and promote that")
	}
	return files, nil
}

func verdict(lines []string) string {
	if len(lines) == 0 {
		return "nothing stands against it"
	}
	return strings.Join(lines, "; ")
}

func sortedNames[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
