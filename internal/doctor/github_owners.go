package doctor

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/google/go-github/v88/github"
)

// owned is the check of the file that says who owns the gate's files.
func (h hub) owned() Check {
	return Check{
		ID: "github.branch.owned", Title: "CODEOWNERS has an owner for each file of the gate",
		Why: "what nobody owns, anybody may approve",
		Fix: "add a line for each to .github/CODEOWNERS, such as: /stacks/ @" + h.Gate.Repository[:strings.IndexByte(h.Gate.Repository+"/", '/')],
		look: func(ctx context.Context) Seen {
			text, err := h.codeowners(ctx)
			if err != nil {
				return blind(err)
			}
			if text == "" {
				return wrong(h.Gate.Branch + " has no CODEOWNERS")
			}
			if free := ownerless(text, h.Protection.Owned); len(free) > 0 {
				return wrong("nobody owns " + strings.Join(free, ", "))
			}
			return h.accepted(ctx)
		},
	}
}

// codeowners is the file that counts, the first of three places, empty when there
// is none. That can be said only where the branch can be read.
func (h hub) codeowners(ctx context.Context) (string, error) {
	if _, err := h.main(ctx); err != nil {
		return "", err
	}
	for _, path := range []string{".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"} {
		file, _, response, err := h.client.Repositories.GetContents(ctx, h.owner, h.name, path, &github.RepositoryContentGetOptions{Ref: h.Gate.Branch})
		if response != nil && response.StatusCode == http.StatusNotFound {
			continue
		}
		if err != nil {
			return "", failed(err)
		}
		if file == nil {
			return "", errAnswer
		}
		return file.GetContent()
	}
	return "", nil
}

// accepted asks GitHub for the lines that it takes no notice of, such as those of
// somebody who cannot write to the repository.
func (h hub) accepted(ctx context.Context) Seen {
	said, _, err := h.client.Repositories.GetCodeownersErrors(ctx, h.owner, h.name, &github.GetCodeownersErrorsOptions{Ref: h.Gate.Branch})
	if err == nil && said.Errors == nil {
		err = errAnswer
	}
	if err != nil {
		return blind(failed(err))
	}
	if len(said.Errors) > 0 {
		first := said.Errors[0]
		return wrong(fmt.Sprintf("GitHub ignores %d of its lines; line %d: %s", len(said.Errors), first.Line, first.Kind))
	}
	return ok(fmt.Sprintf("%d files and folders have one", len(h.Protection.Owned)))
}

// ownerless are the paths that the last line which is about them gives to nobody.
// A pattern that is not a plain path from the root, or the asterisk that stands
// for everything, is taken for one that names nobody: see
// https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners.
func ownerless(file string, paths []string) []string {
	owned := map[string]bool{}
	for line := range strings.Lines(file) {
		line, _, _ = strings.Cut(line, "#")
		fields := strings.Fields(line)
		if len(fields) == 0 {
			continue
		}
		for _, path := range paths {
			switch {
			case covers(fields[0], path):
				owned[path] = len(fields) > 1
			case touches(fields[0], path):
				owned[path] = owned[path] && len(fields) > 1
			}
		}
	}
	return slices.DeleteFunc(slices.Clone(paths), func(path string) bool { return owned[path] })
}

// covers reports whether a pattern is about all of a path.
func covers(pattern, path string) bool {
	if pattern == "*" || pattern == "/**" || pattern == "**" {
		return true
	}
	pattern = "/" + strings.TrimSuffix(strings.TrimPrefix(pattern, "/"), "**")
	if strings.ContainsAny(pattern, "*?[!") {
		return false
	}
	return path == pattern || path == pattern+"/" || strings.HasSuffix(pattern, "/") && strings.HasPrefix(path, pattern)
}

// touches reports whether a pattern may be about a part of a path. One with an
// asterisk may be about anything, and so may a name without a folder.
func touches(pattern, path string) bool {
	anywhere := !strings.Contains(strings.TrimSuffix(pattern, "/"), "/")
	return anywhere || strings.ContainsAny(pattern, "*?[!") || strings.HasPrefix("/"+strings.TrimPrefix(pattern, "/"), path)
}
