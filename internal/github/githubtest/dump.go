package githubtest

import (
	"fmt"
	"strings"
)

// Text is all pull requests, issues and comments, for people and golden files.
func (g *GitHub) Text() string {
	g.mu.Lock()
	defer g.mu.Unlock()
	var out strings.Builder
	for _, i := range g.issues {
		if i.PullRequest {
			fmt.Fprintf(&out, "pull request %d, %s\n", i.number, i.state())
		} else {
			fmt.Fprintf(&out, "issue %d, %s, by %s, labels [%s]: %s\n%s\n", i.number, i.state(), i.Author, strings.Join(i.Labels, " "), i.Title, strings.TrimSpace(i.Body))
		}
		for _, c := range g.comments {
			if c.number == i.number {
				fmt.Fprintf(&out, "comment on %d by %s\n%s\n", i.number, c.Author, strings.TrimSpace(c.Body))
			}
		}
	}
	return out.String()
}

// Log is the requests since the last Forget, a line each: service, method, status
// and path.
func (g *GitHub) Log() string {
	var out strings.Builder
	for _, r := range g.Requests() {
		fmt.Fprintf(&out, "%s %s %d %s\n", r.Service, r.Method, r.Status, r.Path)
	}
	return out.String()
}
