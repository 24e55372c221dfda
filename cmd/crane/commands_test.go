package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"crane/internal/local"
	"crane/internal/local/infisical"
	"crane/internal/local/runtime"
	"crane/internal/project"
	"crane/internal/recovery"
	"crane/stacks"
)

// mark makes `requests` count from here on.
func (w *workshop) mark(ts *testscript.TestScript, _ bool, _ []string) {
	ts.Setenv("MARK", strconv.Itoa(len(readLog(ts))))
}

// requests checks the number of requests since the mark:
// requests COUNT SERVICE [METHOD [PATH-REGEXP]].
func (w *workshop) requests(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: requests COUNT SERVICE [METHOD [PATH]]")
	}
	since, _ := strconv.Atoi(ts.Getenv("MARK"))
	var got []string
	for _, r := range readLog(ts)[since:] {
		if matches(r, args[1:]) {
			got = append(got, fmt.Sprintf("%s %s %d", r.Method, r.Path, r.Status))
		}
	}
	if want, err := strconv.Atoi(args[0]); err != nil || want != len(got) {
		ts.Fatalf("wanted %s requests, there were %d:\n%s", args[0], len(got), strings.Join(got, "\n"))
	}
}

func matches(r local.Request, want []string) bool {
	if r.Service != want[0] {
		return false
	}
	if len(want) > 1 && r.Method != want[1] {
		return false
	}
	return len(want) < 3 || regexp.MustCompile(want[2]).MatchString(r.Path)
}

func readLog(ts *testscript.TestScript) []local.Request {
	f, err := os.Open(filepath.Join(ts.Getenv("ROOT"), ".crane", "local", "requests.jsonl"))
	if os.IsNotExist(err) {
		return nil
	}
	ts.Check(err)
	defer f.Close()
	var all []local.Request
	for lines := bufio.NewScanner(f); lines.Scan(); {
		var r local.Request
		ts.Check(json.Unmarshal(lines.Bytes(), &r))
		all = append(all, r)
	}
	return all
}

// replaceText changes a file: replace FILE OLD NEW, where \n in NEW is a new
// line. It fails when OLD is not in the file.
func replaceText(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: replace FILE OLD NEW")
	}
	text := ts.ReadFile(args[0])
	if !strings.Contains(text, args[1]) {
		ts.Fatalf("%s has no %q", args[0], args[1])
	}
	replaced := strings.Replace(text, args[1], strings.ReplaceAll(args[2], `\n`, "\n"), 1)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(replaced), 0o644))
}

// source takes over the exports that the last command printed, as eval does.
func source(ts *testscript.TestScript, _ bool, _ []string) {
	for line := range strings.Lines(ts.ReadFile("stdout")) {
		name, value, ok := strings.Cut(strings.TrimPrefix(strings.TrimSpace(line), "export "), "=")
		if !ok {
			ts.Fatalf("not an export: %s", line)
		}
		ts.Setenv(name, strings.Trim(value, "'"))
	}
}

// within fails when the commands since `within start` took longer than its argument.
func within(ts *testscript.TestScript, _ bool, args []string) {
	if args[0] == "start" {
		ts.Setenv("STARTED", strconv.FormatInt(time.Now().UnixNano(), 10))
		return
	}
	limit, err := time.ParseDuration(args[0])
	ts.Check(err)
	started, _ := strconv.ParseInt(ts.Getenv("STARTED"), 10, 64)
	if took := time.Since(time.Unix(0, started)); took > limit {
		ts.Fatalf("took %s, wanted at most %s", took, limit)
	}
}

// fetch is a small curl: fetch METHOD URL [HEADER: VALUE]... [BODY]. It prints
// the status and the body, and fails on a status of 400 or more.
func fetch() {
	req, err := http.NewRequest(os.Args[1], os.Args[2], nil)
	exitOn(err)
	for _, arg := range os.Args[3:] {
		if name, value, ok := strings.Cut(arg, ": "); ok && !strings.HasPrefix(arg, "{") {
			req.Header.Set(name, value)
		} else {
			req.Body = io.NopCloser(strings.NewReader(arg))
			req.ContentLength = int64(len(arg))
			req.Header.Set("Content-Type", "application/json")
		}
	}
	res, err := client().Do(req)
	exitOn(err)
	defer res.Body.Close()
	fmt.Println(res.StatusCode)
	_, err = io.Copy(os.Stdout, res.Body)
	exitOn(err)
	if res.StatusCode >= 400 {
		os.Exit(1)
	}
}

// client resolves names under localhost to this machine, as browsers do.
func client() *http.Client {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	dial := transport.DialContext
	transport.DialContext = func(ctx context.Context, network, addr string) (net.Conn, error) {
		host, port, err := net.SplitHostPort(addr)
		if err == nil && stacks.Loopback(host) {
			addr = net.JoinHostPort("127.0.0.1", port)
		}
		return dial(ctx, network, addr)
	}
	return &http.Client{Transport: transport, Timeout: 30 * time.Second}
}

func exitOn(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// secret puts the value of a staging secret into a variable: secret NAME VARIABLE.
func secret(ts *testscript.TestScript, _ bool, args []string) {
	store, err := infisical.Open(filepath.Join(ts.Getenv("ROOT"), ".crane", "local"), stacks.Default())
	ts.Check(err)
	value, err := store.Get(stacks.Staging.Secrets, args[0])
	ts.Check(err)
	ts.Setenv(args[1], value)
}

// databaseID reads `pulumi stack output databases --json`: databaseid NAME VARIABLE.
func databaseID(ts *testscript.TestScript, _ bool, args []string) {
	var databases map[string]struct{ ID string }
	ts.Check(json.Unmarshal([]byte(ts.ReadFile("stdout")), &databases))
	ts.Setenv(args[1], databases[args[0]].ID)
}

// occupy listens on a port until vacate.
func occupy(ts *testscript.TestScript, _ bool, args []string) {
	held, err := net.Listen("tcp", "127.0.0.1:"+args[0])
	ts.Check(err)
	ts.Defer(func() { held.Close() })
}

// await waits until a request since the mark matches: await SERVICE [METHOD [PATH-REGEXP]].
func await(ts *testscript.TestScript, _ bool, args []string) {
	since, _ := strconv.Atoi(ts.Getenv("MARK"))
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		for _, r := range readLog(ts)[since:] {
			if matches(r, args) {
				return
			}
		}
	}
	ts.Fatalf("no request %q within a minute", args)
}

// killServer kills the local Cloudflare as a power cut would.
func killServer(ts *testscript.TestScript, _ bool, _ []string) {
	c := local.Config{Dir: filepath.Join(ts.Getenv("ROOT"), ".crane", "local")}
	s, err := c.Running()
	ts.Check(err)
	ts.Check(syscall.Kill(s.PID, syscall.SIGKILL))
	for err == nil {
		time.Sleep(10 * time.Millisecond)
		_, err = c.Running()
	}
}

// fakeWorkerd puts a workerd in place that says something and fails.
func (w *workshop) fakeWorkerd(ts *testscript.TestScript, _ bool, args []string) {
	real, err := runtime.Locate(w.root.Root)
	ts.Check(err)
	rel, err := filepath.Rel(w.root.Root, real)
	ts.Check(err)
	fake := filepath.Join(ts.Getenv("ROOT"), rel)
	ts.Check(os.MkdirAll(filepath.Dir(fake), 0o755))
	ts.Check(os.WriteFile(fake, []byte("#!/bin/sh\necho '"+args[0]+"' >&2\nexit 127\n"), 0o755))
}

// npmPackages installs the packages again, as npm ci would.
func (w *workshop) npmPackages(ts *testscript.TestScript, _ bool, _ []string) {
	l := project.Layout{Root: ts.Getenv("ROOT")}
	ts.Check(os.Symlink(filepath.Join(w.root.Workers(), "node_modules"), filepath.Join(l.Workers(), "node_modules")))
}

// killUpdate kills the Pulumi that holds a stack's lock, staging's unless it says
// killupdate production, and with it Pulumi's
// own language host, which notices that only after minutes. Our plugins have to
// notice by themselves.
func killUpdate(ts *testscript.TestScript, _ bool, args []string) {
	l := project.Layout{Root: ts.Getenv("ROOT")}
	stack := stacks.Staging
	if len(args) > 0 {
		stack = stacks.Production
	}
	locks, err := recovery.Locks(filepath.Join(l.Root, stack.Backend), "crane", stack.Name)
	ts.Check(err)
	if len(locks) != 1 {
		ts.Fatalf("there are %d locks", len(locks))
	}
	ts.Check(syscall.Kill(locks[0].PID, syscall.SIGKILL))
	for alive(locks[0].PID) {
		time.Sleep(10 * time.Millisecond)
	}
	ts.Check(ts.Exec("pkill", "-KILL", "-f", "pulumi-language-go .*"+l.Root))
	deadline := time.Now().Add(10 * time.Second)
	for ts.Exec("pgrep", "-f", l.Root+"/.*pulumi-resource-") == nil {
		if time.Now().After(deadline) {
			ts.Fatalf("a plugin outlives its engine")
		}
		time.Sleep(50 * time.Millisecond)
	}
}
