package githubtest

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// Comment is one on an issue or a pull request.
type Comment struct {
	// Author is a login; empty means Bot.
	Author, Body string
}

type comment struct {
	Comment
	id     int64
	number int // of the issue
}

// Say adds a comment to an issue or a pull request.
func (g *GitHub) Say(number int, c Comment) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.say(number, c)
}

func (g *GitHub) say(number int, c Comment) *comment {
	c.Author = cmp.Or(c.Author, Bot)
	added := &comment{c, g.next(), number}
	g.comments = append(g.comments, added)
	return added
}

// Comments are those on an issue or a pull request, the oldest first.
func (g *GitHub) Comments(number int) []Comment {
	g.mu.Lock()
	defer g.mu.Unlock()
	var all []Comment
	for _, c := range g.comments {
		if c.number == number {
			all = append(all, c.Comment)
		}
	}
	return all
}

// listComments is https://docs.github.com/en/rest/issues/comments#list-issue-comments.
func (g *GitHub) listComments(w http.ResponseWriter, r *http.Request, i *issue) {
	found := []object{}
	for _, c := range g.comments {
		if c.number == i.number {
			found = append(found, c.json(g.URL))
		}
	}
	answer(w, http.StatusOK, paged(w, r, found))
}

// createComment is https://docs.github.com/en/rest/issues/comments#create-an-issue-comment.
func (g *GitHub) createComment(w http.ResponseWriter, r *http.Request, i *issue) {
	if body, ok := commentBody(w, r); ok {
		answer(w, http.StatusCreated, g.say(i.number, Comment{Body: body}).json(g.URL))
	}
}

// editComment is https://docs.github.com/en/rest/issues/comments#update-an-issue-comment.
func (g *GitHub) editComment(w http.ResponseWriter, r *http.Request) {
	i := slices.IndexFunc(g.comments, func(c *comment) bool { return strconv.FormatInt(c.id, 10) == r.PathValue("comment") })
	if i < 0 {
		if g.allowed(w, r, "issues: write", "pull-requests: write") {
			refuse(w, http.StatusNotFound, "Not Found")
		}
		return
	}
	found := g.comments[i]
	if !g.allowed(w, r, g.find(found.number).permission()+": write") {
		return
	}
	if body, ok := commentBody(w, r); ok {
		found.Body = body
		answer(w, http.StatusOK, found.json(g.URL))
	}
}

func commentBody(w http.ResponseWriter, r *http.Request) (string, bool) {
	var asked struct{ Body string }
	if !read(w, r, &asked) || !fits(w, "IssueComment", asked.Body) {
		return "", false
	}
	if strings.TrimSpace(asked.Body) == "" {
		refuse(w, http.StatusUnprocessableEntity, "Validation Failed", object{"resource": "IssueComment", "field": "body", "code": "missing_field"})
		return "", false
	}
	return asked.Body, true
}

func (c *comment) json(url string) object {
	return object{
		"id": c.id, "node_id": fmt.Sprint("IC_", c.id), "body": c.Body, "user": user(c.Author), "created_at": birth, "updated_at": birth,
		"url":       fmt.Sprintf("%s/repos/%s/issues/comments/%d", url, Repository, c.id),
		"issue_url": fmt.Sprintf("%s/repos/%s/issues/%d", url, Repository, c.number),
	}
}
