package main

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"crane/internal/local/account"
	"crane/internal/local/fault"
	"crane/internal/project"
)

// full is what make storm asks for.
var full = flag.Bool("storm", false, "run the sessions that take minutes too")

// storm is a series of updates of one project that all go wrong.
type storm struct {
	*testscript.TestScript
	project.Layout
	program string
	account account.Account
	files   int  // migrations added so far
	row     bool // whether the row that must not be lost was written
}

// storms ruins updates in each of the ways it is given: server, engine and
// plugin are killed, storm is a storm of errors, and any other is a kind of
// fault that each call of a first update meets. A sample does without the last
// ones after the first.
func storms(ts *testscript.TestScript, neg bool, ways []string) {
	if neg || len(ways) == 0 {
		ts.Fatalf("usage: storm WAY...")
	}
	program, err := exec.LookPath("crane")
	ts.Check(err)
	s := &storm{TestScript: ts, Layout: project.Layout{Root: ts.Getenv("ROOT")}, program: program, account: account.Staging}
	s.mustUp("the first update")
	for _, way := range ways[:many(5, len(ways))] {
		s.ruin(way)
	}
	s.unchanged()
}

func (s *storm) ruin(way string) {
	switch way {
	case "server", "engine", "plugin":
		s.kills(way)
	case "storm":
		s.blows()
	default:
		s.cuts(fault.Kind(way))
	}
}

// many is how often something is done: a sample of it, or all of it.
func many(sample, all int) int {
	if *full {
		return all
	}
	return sample
}

// prepare makes the next update a first one, or one that changes something.
func (s *storm) prepare(first bool) {
	if first {
		s.forget()
	} else {
		s.change()
	}
}

// forget makes the next update a first one: no state and an empty Cloudflare.
func (s *storm) forget() {
	for _, script := range []string{"watch-staging", "context-api-staging"} {
		s.api("DELETE", "/workers/scripts/"+script, "", nil)
	}
	for _, db := range s.databases() {
		s.api("DELETE", "/d1/database/"+db.UUID, "", nil)
	}
	s.Check(os.RemoveAll(s.Hidden("state")))
	s.row = false
}

// change edits a Worker and adds a migration of two statements to each database,
// whose halves would show.
func (s *storm) change() {
	if !s.row {
		s.query("context-api", "INSERT INTO idempotency VALUES ('kept', 'kept', 'kept', 'kept')")
		s.query("watch", "INSERT INTO deliveries (id, event, payload, received_at) VALUES ('kept', 'ping', '{}', 'now')")
		s.row = true
	}
	entry := filepath.Join(s.Root, "workers/context-api/src/index.ts")
	text, err := os.ReadFile(entry)
	s.Check(err)
	s.Check(os.WriteFile(entry, fmt.Appendf(text, "\nconsole.log(%d);\n", s.files), 0o644))
	s.files++
	for _, worker := range []string{"context-api", "watch"} {
		name := fmt.Sprintf("workers/%s/migrations/9%03d_storm.sql", worker, s.files)
		sql := fmt.Sprintf("CREATE TABLE storm_%d (n INTEGER) STRICT;\nINSERT INTO storm_%d VALUES (1), (2);\n", s.files, s.files)
		s.Check(os.WriteFile(filepath.Join(s.Root, name), []byte(sql), 0o644))
	}
}

// helpful fails when an update that failed does not say what to do. What is said
// when nothing better is known does not count.
func (s *storm) helpful(what, said string, err error) {
	if err != nil && strings.Count(said, "hint: ") == strings.Count(said, "hint: read what pulumi said above") {
		s.Fatalf("%s: it says nothing to do:\n%s", what, said)
	}
}

// mustUp runs one command that has to converge, and returns how long it took.
func (s *storm) mustUp(what string) time.Duration {
	started := time.Now()
	out := s.run("up")
	if strings.Count(out, " healthy ") != 2 {
		s.Fatalf("after %s not every Worker is healthy:\n%s", what, out)
	}
	return time.Since(started)
}

// unchanged is the proof that nothing is left to do.
func (s *storm) unchanged() {
	if out := s.run("up"); !strings.Contains(out, "17 unchanged") {
		s.Fatalf("something was left to do:\n%s", out)
	}
}

func (s *storm) run(args ...string) string {
	out, err := s.command(args...).CombinedOutput()
	if err != nil {
		s.Fatalf("crane %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

func (s *storm) command(args ...string) *exec.Cmd {
	cmd := exec.Command(s.program, args...)
	cmd.Dir = s.Root
	for _, name := range []string{"HOME", "PATH", "GOCACHE", "GOMODCACHE", "GOPATH", "GOFLAGS", "TMPDIR", "CI"} {
		cmd.Env = append(cmd.Env, name+"="+s.Getenv(name))
	}
	return cmd
}
