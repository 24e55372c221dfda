package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path"
	"strings"

	"crane/internal/hint"
	"crane/internal/lint"
	"crane/internal/migrate"
	"crane/internal/schema"
)

// errGit means that git could not answer.
var errGit = errors.New("git")

// judgeAgainst takes the files that a revision has as applied.
func (w world) judgeAgainst(ctx context.Context, c chosen, ref string) ([]ledgered, [][]lint.Verdict, error) {
	all, err := c.pick()
	if err != nil {
		return nil, nil, err
	}
	return judged(ctx, all, func(db ledgered) (schema.Schema, []migrate.File, error) {
		theirs, err := c.at(ctx, ref, db)
		if err != nil {
			return nil, nil, err
		}
		if err := c.collide(db, theirs, ref); err != nil {
			return nil, nil, err
		}
		had := make([]migrate.Applied, len(theirs))
		for i, f := range theirs {
			had[i] = migrate.Applied{Name: f.Name, SHA256: f.SHA256}
		}
		pending, err := migrate.Plan(db.files, had)
		if err != nil {
			return nil, nil, err
		}
		base, err := migrate.Replay(ctx, nil, theirs)
		return base, pending, err
	})
}

// at reads the migrations that a revision has.
func (c chosen) at(ctx context.Context, ref string, db ledgered) ([]migrate.File, error) {
	names, err := c.listed(ctx, ref, db)
	if err != nil {
		return nil, err
	}
	var sources []migrate.Source
	for _, name := range names {
		text, err := c.git(ctx, "show", ref+":./"+path.Join(db.Migrations, name))
		if err != nil {
			return nil, err
		}
		sources = append(sources, migrate.Source{Name: name, Text: text})
	}
	return migrate.Files(sources)
}

// listed are the names of a revision's migrations; none when it lacks the folder.
func (c chosen) listed(ctx context.Context, ref string, db ledgered) ([]string, error) {
	if strings.HasPrefix(ref, "-") {
		return nil, fmt.Errorf("%w: %q is no revision", errUsage, ref)
	}
	if _, err := c.git(ctx, "rev-parse", "--verify", "--quiet", ref+"^{commit}"); err != nil {
		return nil, hint.Wrap(fmt.Errorf("%w: there is no revision %q; nothing was judged", errGit, ref), "git fetch, then the same command again")
	}
	out, err := c.git(ctx, "ls-tree", "-z", "--name-only", ref, "./"+db.Migrations+"/")
	if err != nil {
		return nil, err
	}
	var names []string
	for _, file := range strings.Split(strings.TrimRight(string(out), "\x00"), "\x00") {
		if path.Ext(file) == ".sql" {
			names = append(names, path.Base(file))
		}
	}
	return names, nil
}

// collide refuses a number that two branches took.
func (c chosen) collide(db ledgered, theirs []migrate.File, ref string) error {
	for _, ours := range db.files {
		for _, f := range theirs {
			if f.Name == ours.Name || prefix(f.Name) != prefix(ours.Name) || has(db.files, f.Name) {
				continue
			}
			return c.taken(db, ours.Name, f.Name, append(append([]migrate.File{}, db.files...), theirs...), ref)
		}
	}
	return nil
}

// taken names the command that gives a file the next number.
func (c chosen) taken(db ledgered, ours, theirs string, all []migrate.File, ref string) error {
	renamed := numberAfter(all) + strings.TrimPrefix(ours, prefix(ours))
	err := fmt.Errorf("%w: %s has the number of %s, which %s has", migrate.ErrConflict, ours, theirs, ref)
	return hint.Wrap(err, fmt.Sprintf("git mv %s %s", path.Join(db.Migrations, ours), path.Join(db.Migrations, renamed)))
}

func has(files []migrate.File, name string) bool {
	for _, f := range files {
		if f.Name == name {
			return true
		}
	}
	return false
}

func prefix(name string) string {
	number, _, _ := strings.Cut(name, "_")
	return number
}

// git answers from the project's own repository.
func (c chosen) git(ctx context.Context, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "git", append([]string{"-C", c.Root}, args...)...)
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%w %s: %w: %s", errGit, args[0], err, strings.TrimSpace(said.String()))
	}
	return out, nil
}
