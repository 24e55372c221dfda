package main

import (
	"crypto/rand"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"crane/internal/github"
	"crane/internal/github/githubtest"
	"crane/stacks"
)

// onGitHub is a session's repository on GitHub, once it has one.
type onGitHub struct {
	*githubtest.GitHub
	*testscript.TestScript
	seen *witness
}

// hub is the command `github`, which is GitHub for a session, in this process:
//
//	github start
//	    Opens an empty repository and sets GITHUB_API_URL, GITHUB_REPOSITORY and
//	    GITHUB_TOKEN, a token with every permission that a workflow gives.
//	github token [PERMISSION]...
//	    Sets GITHUB_TOKEN to a new token with just these, such as 'actions: read'.
//	github publish WORKFLOW [ARTIFACT PATH]... [--at REVISION] [--event E]
//	               [--branch B] [--conclusion C]
//	    Adds a run that has uploaded what is in each PATH, a folder or a file, now.
//	    By default it succeeded on the commit that is checked out, on main, by the
//	    event that starts the workflow. What main's history is, git says: that of a
//	    tag is not. Sets RUN to its id.
//	github expire ARTIFACT
//	github pullrequest
//	    Opens a pull request and sets PULL_REQUEST to its number.
//	github issue AUTHOR TITLE FILE [LABEL]...
//	github say NUMBER AUTHOR FILE
//	    An issue of somebody's, a comment of somebody's.
//	github fail STATUS [METHOD [PATH-REGEXP [COUNT]]]
//	    Answers requests of the API with a status in place of what they ask for; 0
//	    cuts the connection, and limit says that the token's requests are used up.
//	github mend
//	    Ends what fail began.
//	github dump FILE
//	    Writes all pull requests, issues and comments.
//	github log FILE
//	    Writes the requests since the last forget, a line each.
//	github forget
func hub(ts *testscript.TestScript, neg bool, args []string) {
	g := ts.Value("github").(*onGitHub)
	commands := map[string]func([]string){
		"start": g.start, "token": g.token, "publish": g.publish, "expire": g.expire, "pullrequest": g.pullRequest,
		"issue": g.issue, "say": g.say, "fail": g.fail, "mend": func([]string) { g.Mend() },
		"dump": g.dump, "log": g.log, "forget": func([]string) { g.Forget() },
	}
	if neg || len(args) == 0 || commands[args[0]] == nil {
		ts.Fatalf("there is no github %s", strings.Join(args, " "))
	}
	if g.TestScript = ts; g.GitHub == nil && args[0] != "start" {
		ts.Fatalf("github start comes first")
	}
	commands[args[0]](args[1:])
}

func (g *onGitHub) start([]string) {
	g.GitHub = githubtest.Open()
	g.Defer(g.Close)
	g.Remember(githubtest.Git(g.Getenv("ROOT")))
	g.Setenv(github.APIVariable, g.URL)
	g.Setenv(github.RepositoryVariable, githubtest.Repository)
	g.token(githubtest.All)
}

// token makes one that fails the session when it shows in anything.
func (g *onGitHub) token(permissions []string) {
	token := "ghs_" + rand.Text()
	g.seen.fed = append(g.seen.fed, token)
	g.Token(token, permissions...)
	g.Setenv(github.TokenVariable, token)
}

func (g *onGitHub) publish(args []string) {
	run := githubtest.Run{Branch: stacks.ProductionGate.Branch, Artifacts: map[string]githubtest.Artifact{}}
	set := map[string]*string{"--at": &run.Commit, "--event": &run.Event, "--branch": &run.Branch, "--conclusion": &run.Conclusion}
	g.want(len(args)%2 == 1, "publish WORKFLOW [ARTIFACT PATH]...")
	run.Workflow, run.Event, run.Commit = args[0], startedBy(args[0]), "HEAD"
	for i := 1; i < len(args); i += 2 {
		if field := set[args[i]]; field != nil {
			*field = args[i+1]
			continue
		}
		archive, err := githubtest.Path(g.MkAbs(args[i+1]))()
		g.Check(err)
		run.Artifacts[args[i]] = githubtest.Archive(archive)
	}
	run.Commit = g.commit(run.Commit)
	g.Setenv("RUN", fmt.Sprint(g.Publish(run)))
}

// startedBy is the event that starts a workflow.
func startedBy(workflow string) string {
	for _, of := range []stacks.Workflow{stacks.ProductionGate.Deploy, stacks.ProductionGate.Promote} {
		if of.File == workflow {
			return of.Event
		}
	}
	return "push"
}

func (g *onGitHub) commit(revision string) string {
	cmd := exec.Command("git", "rev-parse", "--verify", revision+"^{commit}")
	cmd.Dir = g.MkAbs(".")
	out, err := cmd.Output()
	g.Check(err)
	return strings.TrimSpace(string(out))
}

func (g *onGitHub) expire(args []string) {
	g.want(len(args) == 1, "expire ARTIFACT")
	g.Expire(args[0])
}

func (g *onGitHub) pullRequest([]string) {
	g.Setenv("PULL_REQUEST", strconv.Itoa(g.Add(githubtest.Issue{PullRequest: true, Author: "somebody"})))
}

func (g *onGitHub) issue(args []string) {
	g.want(len(args) >= 3, "issue AUTHOR TITLE FILE [LABEL]...")
	g.Add(githubtest.Issue{Author: args[0], Title: args[1], Body: g.ReadFile(args[2]), Labels: args[3:]})
}

func (g *onGitHub) say(args []string) {
	g.want(len(args) == 3, "say NUMBER AUTHOR FILE")
	g.Say(g.number(args[0]), githubtest.Comment{Author: args[1], Body: g.ReadFile(args[2])})
}

func (g *onGitHub) fail(args []string) {
	g.want(len(args) > 0, "fail STATUS [METHOD [PATH [COUNT]]]")
	var f githubtest.Fault
	if args[0] == "limit" {
		f = githubtest.Limited(time.Now().Add(time.Hour))
	} else {
		f.Status = g.number(args[0])
	}
	with := []string{"", "", "0"}
	copy(with, args[1:])
	f.Method, f.Path, f.Count = with[0], with[1], g.number(with[2])
	g.Break(f)
}

func (g *onGitHub) dump(args []string) { g.write(args, g.Text()) }
func (g *onGitHub) log(args []string)  { g.write(args, g.Log()) }

func (g *onGitHub) write(args []string, text string) {
	g.want(len(args) == 1, "dump or log FILE")
	g.Check(os.MkdirAll(filepath.Dir(g.MkAbs(args[0])), 0o755))
	g.Check(os.WriteFile(g.MkAbs(args[0]), []byte(text), 0o644))
}

func (g *onGitHub) number(text string) int {
	n, err := strconv.Atoi(text)
	g.Check(err)
	return n
}

func (g *onGitHub) want(ok bool, usage string) {
	if !ok {
		g.Fatalf("usage: github %s", usage)
	}
}
