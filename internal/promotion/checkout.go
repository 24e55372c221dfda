package promotion

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"crane/internal/hint"
)

// Checkout is the project's files as git sees them, without anybody's own
// settings: no configuration, hook, index or list of ignored files but those that
// are committed has a say.
type Checkout struct {
	// Root is the project's folder.
	Root string
	// Path is where git is found, as PATH has it.
	Path string
}

// Head is the commit that is checked out, 40 hexadecimal digits.
func (c Checkout) Head(ctx context.Context) (string, error) {
	return c.git(ctx, nil, "", "rev-parse", "--verify", "HEAD^{commit}")
}

// Is checks that the files are those of a commit: it is checked out, nothing was
// changed, and nothing was added that a committed .gitignore does not name.
func (c Checkout) Is(ctx context.Context, commit string) error {
	head, err := c.Head(ctx)
	if err != nil {
		return err
	}
	if head != commit {
		return hint.Wrap(fmt.Errorf("%w: %.12s is checked out, the receipt is of %.12s", ErrCheckout, head, commit),
			"git checkout "+commit)
	}
	changed, err := c.changes(ctx, commit)
	if err != nil {
		return err
	}
	if changed != "" {
		first, _, _ := strings.Cut(changed, "\n")
		return hint.Wrap(fmt.Errorf("%w: there are changes that are not committed, such as in %s", ErrCheckout, first),
			"commit them and have staging verify that, or git stash --include-untracked")
	}
	return nil
}

// changes are the files that are not those of a commit. They are compared by the
// digests of their bytes, and what is new is found with an index of its own: git's
// own index, configuration and attributes may have been told to look away.
func (c Checkout) changes(ctx context.Context, commit string) (string, error) {
	listed, err := c.git(ctx, nil, "", "ls-tree", "-r", "-z", commit)
	if err != nil {
		return "", err
	}
	var paths, digests []string
	for entry := range strings.SplitSeq(strings.Trim(listed, "\x00"), "\x00") {
		about, path, _ := strings.Cut(entry, "\t")
		if info, err := os.Lstat(filepath.Join(c.Root, path)); err != nil || !info.Mode().IsRegular() {
			return path, nil
		}
		paths, digests = append(paths, path), append(digests, about[strings.LastIndex(about, " ")+1:])
	}
	hashed, err := c.git(ctx, nil, strings.Join(paths, "\n"), "hash-object", "--no-filters", "--stdin-paths")
	if err != nil {
		return "", err
	}
	for i, digest := range strings.Fields(hashed) {
		if digest != digests[i] {
			return paths[i], nil
		}
	}
	return c.added(ctx, commit)
}

// added are the files that a commit does not have and no .gitignore names.
func (c Checkout) added(ctx context.Context, commit string) (string, error) {
	dir, err := os.MkdirTemp("", "crane-index-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	index := []string{"GIT_INDEX_FILE=" + filepath.Join(dir, "index")}
	if _, err := c.git(ctx, index, "", "read-tree", commit); err != nil {
		return "", err
	}
	return c.git(ctx, index, "", "--work-tree=.", "ls-files", "--others", "--exclude-per-directory=.gitignore")
}

// Within checks that a commit is another one, or an ancestor of it.
func (c Checkout) Within(ctx context.Context, commit, of string) error {
	if !c.Ancestor(ctx, commit, of) {
		return hint.Wrap(fmt.Errorf("%w: %.12s is not part of the history of %.12s, which the token is for", ErrCheckout, commit, of),
			"promote a commit of the branch that the workflow was started on, fetched with its history")
	}
	return nil
}

// Ancestor reports whether a commit is another one or in its history. It is not
// when git does not know one of them.
func (c Checkout) Ancestor(ctx context.Context, commit, of string) bool {
	_, err := c.git(ctx, nil, "", "merge-base", "--is-ancestor", commit, of)
	return err == nil
}

// settings leave out what is configured for a person or a clone and could run a
// program or hide a file.
var settings = []string{
	"--no-replace-objects", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "core.excludesFile=/dev/null",
	"-c", "core.untrackedCache=false", "-c", "core.fileMode=true", "-c", "safe.directory=*",
}

func (c Checkout) git(ctx context.Context, more []string, stdin string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "git", append(settings[:len(settings):len(settings)], args...)...)
	cmd.Dir, cmd.Stdin = c.Root, strings.NewReader(stdin)
	cmd.Env = append(more, "PATH="+c.Path, "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1")
	out, err := cmd.Output()
	if err != nil {
		return "", hint.Wrap(fmt.Errorf("%w: git %s failed", ErrCheckout, strings.Join(args, " ")), "git status")
	}
	return strings.TrimSpace(string(out)), nil
}
