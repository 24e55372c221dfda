package githubtest

import (
	"fmt"
	"net/http"
	"os/exec"
	"slices"
	"strings"
)

// History is the commits that a ref, such as refs/heads/main, or a commit has in
// its history: its own first, and none when there is no such thing.
type History func(of string) []string

// Remember says what the history is. Otherwise main has the commits of its runs,
// each made on that of the run before.
func (g *GitHub) Remember(h History) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.history = h
}

// Git is the history of a repository on this machine, as it is when somebody asks.
func Git(dir string) History {
	return func(of string) []string {
		out, err := exec.Command("git", "-C", dir, "rev-list", "--end-of-options", of).Output()
		if err != nil { // there is no such thing
			return nil
		}
		return strings.Fields(string(out))
	}
}

// ran is the history that follows from the runs.
func (g *GitHub) ran(of string) []string {
	var line []string
	for _, r := range g.runs {
		if r.Branch == "main" && !r.Tag && !slices.Contains(line, r.Commit) {
			line = append([]string{r.Commit}, line...)
		}
	}
	if of == "refs/heads/main" {
		return line
	}
	if at := slices.Index(line, of); at >= 0 {
		return line[at:]
	}
	return nil
}

// getRef is https://docs.github.com/en/rest/git/refs#get-a-reference.
func (g *GitHub) getRef(w http.ResponseWriter, r *http.Request) {
	name := "refs/" + r.PathValue("ref")
	commits := g.history(name)
	if len(commits) == 0 {
		refuse(w, http.StatusNotFound, "Not Found")
		return
	}
	at := fmt.Sprintf("%s/repos/%s/git/", g.URL, Repository)
	answer(w, http.StatusOK, object{
		"ref": name, "node_id": "REF_" + name, "url": at + name,
		"object": object{"type": "commit", "sha": commits[0], "url": at + "commits/" + commits[0]},
	})
}

// compare is https://docs.github.com/en/rest/commits/commits#compare-two-commits,
// without the commits and files themselves.
func (g *GitHub) compare(w http.ResponseWriter, r *http.Request) {
	from, to, _ := strings.Cut(r.PathValue("basehead"), "...")
	base, head := g.history(from), g.history(to)
	if len(base) == 0 || len(head) == 0 {
		refuse(w, http.StatusNotFound, "Not Found")
		return
	}
	common := slices.IndexFunc(head, func(each string) bool { return slices.Contains(base, each) })
	if common < 0 {
		refuse(w, http.StatusNotFound, fmt.Sprintf("No common ancestor between %s and %s.", from, to))
		return
	}
	ahead, behind := lacking(base, head), lacking(head, base)
	answer(w, http.StatusOK, object{
		"url": fmt.Sprintf("%s/repos/%s/compare/%s...%s", g.URL, Repository, from, to), "status": standing(ahead, behind),
		"ahead_by": ahead, "behind_by": behind, "total_commits": ahead, "commits": []object{}, "files": []object{},
		"base_commit": object{"sha": base[0]}, "merge_base_commit": object{"sha": head[common]},
	})
}

// lacking is how many commits one history has that another has not.
func lacking(other, history []string) int {
	return len(slices.DeleteFunc(slices.Clone(history), func(each string) bool { return slices.Contains(other, each) }))
}

// standing is how a head stands to its base.
func standing(ahead, behind int) string {
	switch {
	case ahead > 0 && behind > 0:
		return "diverged"
	case ahead > 0:
		return "ahead"
	case behind > 0:
		return "behind"
	}
	return "identical"
}
