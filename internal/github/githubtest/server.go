// Package githubtest is GitHub for tests: one repository in memory, with runs and
// their artifacts, pull requests, issues and comments, behind GitHub's own
// addresses and in its own shapes. Nothing but tests imports it.
package githubtest

import (
	"net/http/httptest"
	"sync"
	"testing"
)

// Repository is the one there is unless a test says otherwise; it is the one that
// the gate of the local Cloudflare knows. RepositoryID is its number.
const (
	Repository   = "local/crane"
	RepositoryID = 1000000001
)

// Bot is who a job's own token posts as.
const Bot = "github-actions[bot]"

// All are the permissions that the workflows give to one job or another.
var All = []string{"actions: read", "contents: read", "issues: write", "pull-requests: write"}

// GitHub is one repository. It is safe for concurrent use.
type GitHub struct {
	// URL is the address of the API. Storage, where artifacts are, is at another.
	URL string

	api, storage *httptest.Server

	mu       sync.Mutex
	tokens   map[string]map[string]bool
	runs     []*run
	history  History
	issues   []*issue
	comments []*comment
	requests []Request
	faults   []*Fault
	last     int64 // the last number that was given to anything but an issue
}

// Start makes an empty repository that answers on this machine until the test
// ends.
func Start(t testing.TB) *GitHub {
	g := Open()
	t.Cleanup(g.Close)
	return g
}

// Open is Start where no test is at hand; the caller closes it.
func Open() *GitHub {
	g := &GitHub{tokens: map[string]map[string]bool{}}
	g.history = g.ran
	g.api = httptest.NewServer(g.recorded("api", g.routes()))
	g.storage = httptest.NewServer(g.recorded("storage", g.stored()))
	g.URL = g.api.URL
	return g
}

// Close ends it.
func (g *GitHub) Close() {
	g.api.Close()
	g.storage.Close()
}

// Token makes a token known, with exactly the permissions that it names, such as
// "actions: read". One that writes reads too.
func (g *GitHub) Token(token string, permissions ...string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.tokens[token] = map[string]bool{}
	for _, p := range permissions {
		g.tokens[token][p] = true
	}
}

// next is the next number.
func (g *GitHub) next() int64 {
	g.last++
	return 1000 + g.last
}
