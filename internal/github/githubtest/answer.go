package githubtest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// object is JSON.
type object = map[string]any

// birth is when everything here was made: what a test shows is always the same.
const birth = "2026-11-23T06:00:00Z"

// routes are those of the API that are known. The rest is 404, as at GitHub.
func (g *GitHub) routes() http.Handler {
	mux := http.NewServeMux()
	const repo = "/repos/" + Repository
	mux.HandleFunc("GET "+repo+"/actions/workflows/{file}/runs", g.may("actions: read", g.listRuns))
	mux.HandleFunc("GET "+repo+"/actions/runs/{run}/artifacts", g.may("actions: read", g.listArtifacts))
	mux.HandleFunc("GET "+repo+"/actions/artifacts/{artifact}/zip", g.may("actions: read", g.redirect))
	mux.HandleFunc("GET "+repo+"/git/ref/{ref...}", g.may("contents: read", g.getRef))
	mux.HandleFunc("GET "+repo+"/compare/{basehead}", g.may("contents: read", g.compare))
	mux.HandleFunc("GET "+repo+"/issues", g.may("issues: read", g.listIssues))
	mux.HandleFunc("POST "+repo+"/issues", g.may("issues: write", g.createIssue))
	mux.HandleFunc("PATCH "+repo+"/issues/{issue}", g.onIssue("write", g.editIssue))
	mux.HandleFunc("GET "+repo+"/issues/{issue}/comments", g.onIssue("read", g.listComments))
	mux.HandleFunc("POST "+repo+"/issues/{issue}/comments", g.onIssue("write", g.createComment))
	mux.HandleFunc("PATCH "+repo+"/issues/comments/{comment}", g.editComment)
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { refuse(w, http.StatusNotFound, "Not Found") })
	return mux
}

// may asks for a permission first. The words are GitHub's.
func (g *GitHub) may(permission string, next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if g.allowed(w, r, permission) {
			next(w, r)
		}
	}
}

// allowed reports whether a token has one of some permissions, and refuses if not.
func (g *GitHub) allowed(w http.ResponseWriter, r *http.Request, permissions ...string) bool {
	token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	has, known := g.tokens[token]
	if !known {
		refuse(w, http.StatusUnauthorized, "Bad credentials")
		return false
	}
	for _, p := range permissions {
		if has[p] || has[strings.Replace(p, ": read", ": write", 1)] {
			return true
		}
	}
	refuse(w, http.StatusForbidden, "Resource not accessible by integration")
	return false
}

// onIssue asks for the permission that goes with what has the number: an issue,
// or a pull request, which GitHub keeps as one.
func (g *GitHub) onIssue(access string, next func(http.ResponseWriter, *http.Request, *issue)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		number, _ := strconv.Atoi(r.PathValue("issue"))
		found := g.find(number)
		switch {
		case found == nil && g.allowed(w, r, "issues: "+access, "pull-requests: "+access):
			refuse(w, http.StatusNotFound, "Not Found")
		case found != nil && g.allowed(w, r, found.permission()+": "+access):
			next(w, r, found)
		}
	}
}

// read reads a request's JSON.
func read(w http.ResponseWriter, r *http.Request, into any) bool {
	if err := json.NewDecoder(io.LimitReader(r.Body, 4<<20)).Decode(into); err != nil {
		refuse(w, http.StatusBadRequest, "Problems parsing JSON")
		return false
	}
	return true
}

func refuse(w http.ResponseWriter, status int, message string, errors ...object) {
	body := object{"message": message, "documentation_url": "https://docs.github.com/rest", "status": strconv.Itoa(status)}
	if len(errors) > 0 {
		body["errors"] = errors
	}
	answer(w, status, body)
}

func answer(w http.ResponseWriter, status int, what any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("X-RateLimit-Limit", "1000")
	w.Header().Set("X-RateLimit-Remaining", "999")
	w.Header().Set("X-RateLimit-Reset", strconv.FormatInt(time.Now().Add(time.Hour).Unix(), 10))
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(what)
}

// paged is one page of a list, with the link to the next.
func paged[T any](w http.ResponseWriter, r *http.Request, all []T) []T {
	size := number(r, "per_page", 30)
	page := number(r, "page", 1)
	from := min((page-1)*size, len(all))
	to := min(from+size, len(all))
	if to < len(all) {
		query := r.URL.Query()
		query.Set("page", strconv.Itoa(page+1))
		w.Header().Set("Link", fmt.Sprintf(`<http://%s%s?%s>; rel="next"`, r.Host, r.URL.Path, query.Encode()))
	}
	return all[from:to]
}

func number(r *http.Request, name string, otherwise int) int {
	if n, err := strconv.Atoi(r.URL.Query().Get(name)); err == nil && n > 0 && n <= 100 {
		return n
	}
	return otherwise
}
