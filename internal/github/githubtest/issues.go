package githubtest

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"
)

// Issue is an issue, or a pull request, which GitHub counts together.
type Issue struct {
	// Author is a login; empty means Bot.
	Author      string
	Title, Body string
	Labels      []string
	// Closed says that it is not open.
	Closed bool
	// PullRequest says that it is one.
	PullRequest bool
}

type issue struct {
	Issue
	number int
}

// Add opens one and gives its number.
func (g *GitHub) Add(i Issue) int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.add(i).number
}

func (g *GitHub) add(i Issue) *issue {
	i.Author = cmp.Or(i.Author, Bot)
	added := &issue{i, len(g.issues) + 1}
	g.issues = append(g.issues, added)
	return added
}

// Issues are all that are no pull requests, in the order of their numbers.
func (g *GitHub) Issues() []Issue {
	g.mu.Lock()
	defer g.mu.Unlock()
	var all []Issue
	for _, i := range g.issues {
		if !i.PullRequest {
			all = append(all, i.Issue)
		}
	}
	return all
}

func (g *GitHub) find(number int) *issue {
	if number < 1 || number > len(g.issues) {
		return nil
	}
	return g.issues[number-1]
}

// permission is the one that goes with it.
func (i *issue) permission() string {
	if i.PullRequest {
		return "pull-requests"
	}
	return "issues"
}

// listIssues is https://docs.github.com/en/rest/issues/issues#list-repository-issues:
// pull requests are among them, unless a state and labels leave them out.
func (g *GitHub) listIssues(w http.ResponseWriter, r *http.Request) {
	state := cmp.Or(r.URL.Query().Get("state"), "open")
	found := []object{}
	for _, each := range slices.Backward(g.issues) {
		if (state == "all" || state == each.state()) && each.labelled(r.URL.Query().Get("labels")) {
			found = append(found, each.json(g.URL))
		}
	}
	answer(w, http.StatusOK, paged(w, r, found))
}

func (i *issue) labelled(labels string) bool {
	for label := range strings.SplitSeq(labels, ",") {
		if label != "" && !slices.Contains(i.Labels, label) {
			return false
		}
	}
	return true
}

func (i *issue) state() string {
	if i.Closed {
		return "closed"
	}
	return "open"
}

// createIssue is https://docs.github.com/en/rest/issues/issues#create-an-issue.
func (g *GitHub) createIssue(w http.ResponseWriter, r *http.Request) {
	var asked struct {
		Title, Body string
		Labels      []string
	}
	if !read(w, r, &asked) || !fits(w, "Issue", asked.Body) {
		return
	}
	if strings.TrimSpace(asked.Title) == "" {
		refuse(w, http.StatusUnprocessableEntity, "Validation Failed", object{"resource": "Issue", "field": "title", "code": "missing_field"})
		return
	}
	answer(w, http.StatusCreated, g.add(Issue{Title: asked.Title, Body: asked.Body, Labels: asked.Labels}).json(g.URL))
}

// editIssue is https://docs.github.com/en/rest/issues/issues#update-an-issue.
func (g *GitHub) editIssue(w http.ResponseWriter, r *http.Request, i *issue) {
	var asked struct{ Title, Body, State *string }
	if !read(w, r, &asked) || asked.Body != nil && !fits(w, "Issue", *asked.Body) {
		return
	}
	if asked.Title != nil {
		i.Title = *asked.Title
	}
	if asked.Body != nil {
		i.Body = *asked.Body
	}
	if asked.State != nil {
		i.Closed = *asked.State == "closed"
	}
	answer(w, http.StatusOK, i.json(g.URL))
}

// fits refuses too long a text, in GitHub's words.
func fits(w http.ResponseWriter, resource, body string) bool {
	if utf8.RuneCountInString(body) <= 65536 {
		return true
	}
	refuse(w, http.StatusUnprocessableEntity, "Validation Failed",
		object{"resource": resource, "field": "body", "code": "unprocessable", "message": "body is too long (maximum is 65536 characters)"})
	return false
}

func (i *issue) json(url string) object {
	labels := []object{}
	for _, name := range i.Labels {
		labels = append(labels, object{"id": len(name), "name": name, "color": "ededed", "default": false})
	}
	at := fmt.Sprintf("%s/repos/%s/issues/%d", url, Repository, i.number)
	said := object{
		"id": 5000 + i.number, "node_id": fmt.Sprint("I_", i.number), "number": i.number, "state": i.state(), "locked": false,
		"title": i.Title, "body": i.Body, "user": user(i.Author), "labels": labels, "assignees": []object{},
		"created_at": birth, "updated_at": birth, "url": at, "comments_url": at + "/comments",
	}
	if i.PullRequest {
		said["pull_request"] = object{"url": fmt.Sprintf("%s/repos/%s/pulls/%d", url, Repository, i.number)}
	}
	return said
}
