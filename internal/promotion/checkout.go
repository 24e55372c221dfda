package promotion

import (
	"context"
	"fmt"
	"os/exec"
	"strings"

	"crane/internal/hint"
)

// Checkout is the project's files as git sees them.
type Checkout struct {
	// Root is the project's folder.
	Root string
	// Environ is the environment that git is started in. Its GIT_ variables are
	// left out: they would have git look at other files.
	Environ []string
}

// Head is the commit that is checked out, 40 hexadecimal digits.
func (c Checkout) Head(ctx context.Context) (string, error) {
	return c.git(ctx, "rev-parse", "--verify", "HEAD^{commit}")
}

// Is checks that the files are those of a commit: it is checked out, and nothing
// was changed or added that git does not ignore.
func (c Checkout) Is(ctx context.Context, commit string) error {
	head, err := c.Head(ctx)
	if err != nil {
		return err
	}
	if head != commit {
		return hint.Wrap(fmt.Errorf("%w: %.12s is checked out, the receipt is of %.12s; nothing was changed", ErrCheckout, head, commit),
			"git checkout "+commit)
	}
	changed, err := c.git(ctx, "status", "--porcelain", "--untracked-files=all")
	if err != nil {
		return err
	}
	if changed != "" {
		first, _, _ := strings.Cut(changed, "\n")
		return hint.Wrap(fmt.Errorf("%w: there are changes that are not committed, such as %s; nothing was changed",
			ErrCheckout, strings.TrimSpace(first)), "git stash --include-untracked")
	}
	return nil
}

// Within checks that a commit is another one, or an ancestor of it.
func (c Checkout) Within(ctx context.Context, commit, of string) error {
	if _, err := c.git(ctx, "merge-base", "--is-ancestor", commit, of); err != nil {
		return hint.Wrap(fmt.Errorf("%w: %.12s is not part of the history of %.12s, which the token is for; nothing was changed",
			ErrCheckout, commit, of), "promote a commit of the branch that the workflow was started on, fetched with its history")
	}
	return nil
}

func (c Checkout) git(ctx context.Context, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "git", append([]string{"--no-replace-objects"}, args...)...)
	cmd.Dir = c.Root
	for _, pair := range c.Environ {
		if !strings.HasPrefix(pair, "GIT_") {
			cmd.Env = append(cmd.Env, pair)
		}
	}
	out, err := cmd.Output()
	if err != nil {
		return "", hint.Wrap(fmt.Errorf("%w: git %s failed; nothing was changed", ErrCheckout, args[0]), "git status")
	}
	return strings.TrimSpace(string(out)), nil
}
