package main

import (
	"cmp"
	"crypto/rand"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"crane/internal/github/githubtest"
	"crane/internal/local/account"
	"crane/internal/local/infisical"
	"crane/internal/project"
	"crane/internal/workflow"
	"crane/stacks"
)

// runner is one job of a workflow on a machine of its own: a clean clone, the
// steps as they stand in the YAML, and the environment that GitHub would give,
// nothing more. The local Cloudflare and the states are the session's, as
// Cloudflare and a bucket would be; only a job with an environment reaches them.
type runner struct {
	*testscript.TestScript
	hub      *onGitHub
	file     string
	job      workflow.Job
	steps    []workflow.Step
	contexts map[string]string
	env      map[string]string
	root     string // the clone
	kill     []string
	failed   bool
}

// runJob is the command `job`, which runs a job of the workflows:
//
//	job FILE JOB [--ref REF] [--kill METHOD PATH-REGEXP] [CONTEXT=VALUE]...
//
// REF, main by default, is what GitHub has it check out. A context is such as
// inputs.commit or github.event.pull_request.number. With --kill the machine is
// lost as soon as the local Cloudflare has such a request. What the job uploads
// is in $WORK/artifacts/FILE; a job of deploy or promote is then a run on GitHub.
// $WORK/summary.md is the job's summary, $WORK/job.log what its steps said.
func (w *workshop) runJob(ts *testscript.TestScript, neg bool, args []string) {
	r := newRunner(ts, args)
	r.prepare(w)
	r.carryOut()
	if r.file == stacks.ProductionGate.Deploy.File || r.file == stacks.ProductionGate.Promote.File {
		r.publish()
	}
	if neg != r.failed {
		ts.Fatalf("job %s %s: failed is %v", r.file, r.job.ID, r.failed)
	}
}

func newRunner(ts *testscript.TestScript, args []string) *runner {
	r := &runner{TestScript: ts, hub: ts.Value("github").(*onGitHub), file: args[0]}
	r.root = ts.MkAbs(filepath.Join(ts.Getenv("WORK"), "runner", "crane"))
	r.contexts = map[string]string{"github.repository": githubtest.Repository, "github.event_name": startedBy(r.file), "ref": "main"}
	for i := 2; i < len(args); i++ {
		switch args[i] {
		case "--ref":
			r.contexts["ref"] = args[i+1]
			i++
		case "--kill":
			r.kill = args[i+1 : i+3]
			i += 2
		default:
			name, value, _ := strings.Cut(args[i], "=")
			r.contexts[name] = value
		}
	}
	if r.contexts["github.event.pull_request.number"] != "" {
		r.contexts["github.event_name"] = "pull_request"
		r.contexts["github.event.pull_request.base.sha"] = r.git("-C", ts.Getenv("ROOT"), "rev-parse", stacks.ProductionGate.Branch)
	}
	files, err := workflow.Read(filepath.Join(ts.Getenv("ROOT"), ".github", "workflows"))
	ts.Check(err)
	for _, f := range files {
		for _, j := range f.Jobs {
			if f.Name == r.file && j.ID == args[1] {
				r.job, r.steps = j, j.Steps
			}
		}
	}
	if len(r.steps) == 0 {
		ts.Fatalf("there is no job %s in %s", args[1], r.file)
	}
	return r
}

// prepare makes the machine: its clone, and what GitHub tells a job.
func (r *runner) prepare(w *workshop) {
	built := r.Getenv("WORK") + "/built"
	_ = os.Rename(filepath.Join(r.root, ".crane", "build"), built) // there is none before the first job
	r.Check(os.RemoveAll(filepath.Dir(r.root)))
	for _, dir := range []string{"home", "temp"} {
		r.Check(os.MkdirAll(filepath.Join(filepath.Dir(r.root), dir), 0o755))
	}
	summary := filepath.Join(r.Getenv("WORK"), "summary.md")
	r.Check(os.WriteFile(summary, nil, 0o644))
	r.Check(os.WriteFile(filepath.Join(r.Getenv("WORK"), "job.log"), nil, 0o644))
	r.env = map[string]string{
		"CI": "true", "GITHUB_ACTIONS": "true", "GITHUB_API_URL": r.Getenv("GITHUB_API_URL"), "GITHUB_REPOSITORY": githubtest.Repository,
		"GITHUB_EVENT_NAME": r.contexts["github.event_name"], "GITHUB_REF": fullRef(r.contexts["ref"]), "GITHUB_WORKSPACE": r.root,
		"GITHUB_RUN_ID": "9000000001", "GITHUB_RUN_ATTEMPT": "1", "GITHUB_STEP_SUMMARY": summary, "RUNNER_OS": "Linux",
		"RUNNER_TEMP": filepath.Join(filepath.Dir(r.root), "temp"), "HOME": filepath.Join(filepath.Dir(r.root), "home"), "USER": "runner",
		"PATH": os.Getenv("PATH"), "LANG": "C.UTF-8",
	}
	if r.contexts["github.event_name"] == "pull_request" {
		r.env["GITHUB_BASE_REF"] = stacks.ProductionGate.Branch
	}
	for _, machine := range []string{"GOCACHE", "GOMODCACHE", "GOPATH", "GOFLAGS", "GOGC", "GOPROXY"} { // nothing is compiled or downloaded twice
		if value := r.Getenv(machine); value != "" {
			r.env[machine] = value
		}
	}
	r.checkout(w)
	r.credentials()
}

func fullRef(ref string) string {
	if strings.HasPrefix(ref, "refs/") {
		return ref
	}
	return "refs/heads/" + ref
}

// checkout is what the first step, actions/checkout, does. The tools are those
// that make tools would build for minutes.
func (r *runner) checkout(w *workshop) {
	ref := r.steps[0].With.Get("ref").Text
	if ref == "" {
		ref = r.contexts["ref"]
	} else {
		expanded, err := workflow.Expand(map[string]string{"ref": ref}, r.contexts)
		r.Check(err)
		ref = expanded["ref"]
	}
	r.git("clone", "-q", r.Getenv("ROOT"), r.root)
	r.git("-C", r.root, "fetch", "-q", "origin", ref)
	r.git("-C", r.root, "checkout", "-q", "--detach", "FETCH_HEAD")
	r.env["GITHUB_SHA"] = r.git("-C", r.root, "rev-parse", "HEAD")
	l := project.Layout{Root: r.root}
	r.Check(w.linkTools(l, nil))
	_ = os.Rename(r.Getenv("WORK")+"/built", l.Build()) // Go builds anew what is not of this commit
	if r.job.Environment.Text == "" {
		return
	}
	for _, cloud := range []string{"local", "state"} {
		r.Check(os.MkdirAll(filepath.Join(r.Getenv("ROOT"), ".crane", cloud), 0o755))
		r.Check(os.Symlink(filepath.Join(r.Getenv("ROOT"), ".crane", cloud), l.Hidden(cloud)))
	}
}

func (r *runner) git(args ...string) string {
	out, err := exec.Command("git", args...).CombinedOutput()
	if err != nil {
		r.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}

// credentials are the job's own token, with the rights that the workflow grants,
// the secrets of its environment, and the variables with which it can say what it
// is.
func (r *runner) credentials() {
	token := "ghs_" + rand.Text()
	var granted []string
	for _, p := range r.job.Permissions.Grants {
		granted = append(granted, p.Name+": "+p.Text)
		if p.Name == "id-token" {
			maps.Copy(r.env, r.identity())
		}
	}
	if r.contexts["fork"] != "" { // whatever the workflow asks for
		granted = []string{"contents: read", "actions: read"}
	}
	r.hub.seen.fed = append(r.hub.seen.fed, token)
	r.hub.Token(token, granted...)
	r.contexts["github.token"] = token
	if r.job.Environment.Text == stacks.ProductionGate.Deploy.Environment {
		maps.Copy(r.contexts, map[string]string{
			"secrets.CLOUDFLARE_API_TOKEN": account.Staging.Token, "secrets.PULUMI_CONFIG_PASSPHRASE": account.Staging.Passphrase,
			"secrets.CRANE_INFISICAL_CLIENT_SECRET": infisical.Staging.Universal.ClientSecret,
			"secrets.AWS_ACCESS_KEY_ID":             "", "secrets.AWS_SECRET_ACCESS_KEY": "", "secrets.CRANE_DOCTOR_TOKEN": "",
		})
	}
}

// identity is a job at the local issuer, with the claims that GitHub would give
// this one.
func (r *runner) identity() map[string]string {
	args := []string{"local", "job", "--workflow", strings.TrimSuffix(r.file, ".yml"), "--claim", "sha=" + r.env["GITHUB_SHA"]}
	cmd := exec.Command("crane", args...)
	cmd.Dir, cmd.Env = r.Getenv("ROOT"), append(os.Environ(), "PATH="+r.Getenv("PATH"))
	out, err := cmd.Output()
	r.Check(err)
	variables := map[string]string{}
	for line := range strings.Lines(string(out)) {
		name, value, _ := strings.Cut(strings.TrimPrefix(strings.TrimSpace(line), "export "), "=")
		variables[name] = strings.Trim(value, "'")
	}
	return variables
}

// carryOut does the steps in their order, the first of which is done.
func (r *runner) carryOut() {
	for _, s := range r.steps[1:] {
		if !r.wanted(s) {
			continue
		}
		if err := r.step(s); err != nil {
			r.Logf("the step failed: %v", err)
			r.failed = true
		}
	}
}

// wanted evaluates the conditions that there are in the workflows.
func (r *runner) wanted(s workflow.Step) bool {
	switch condition := strings.Trim(s.If.Text, "${} "); condition {
	case "":
		return !r.failed
	case "!cancelled()":
		return true
	case "github.event_name == 'pull_request'":
		return !r.failed && r.contexts["github.event_name"] == "pull_request"
	case "!inputs.rollback":
		return !r.failed && r.contexts["inputs.rollback"] != "true"
	case "failure() || cancelled()":
		return r.failed
	default:
		r.Fatalf("nobody here knows %q", condition)
		return false
	}
}

func (r *runner) step(s workflow.Step) error {
	switch action, _, _ := strings.Cut(s.Uses.Text, "@"); action {
	case "actions/setup-go", "actions/setup-node":
		return nil // they are here
	case "actions/upload-artifact":
		return r.upload(s.With.Get("name").Text, s.With.Get("path").Text)
	case "actions/download-artifact":
		to := filepath.Join(r.root, s.With.Get("path").Text)
		return os.CopyFS(to, os.DirFS(r.artifact(s.With.Get("name").Text)))
	case "":
		return r.shell(s)
	default:
		return fmt.Errorf("nobody here knows %s", action)
	}
}

func (r *runner) artifact(name string) string {
	return filepath.Join(r.Getenv("WORK"), "artifacts", r.file, name)
}

// upload keeps a folder's contents, or one file, as actions/upload-artifact does.
func (r *runner) upload(name, path string) error {
	from, to := filepath.Join(r.root, path), r.artifact(name)
	info, err := os.Stat(from)
	if err != nil {
		return err
	}
	if err := os.RemoveAll(to); err != nil {
		return err
	}
	if info.IsDir() {
		return os.CopyFS(to, os.DirFS(from))
	}
	text, err := os.ReadFile(from)
	r.Check(err)
	r.Check(os.MkdirAll(to, 0o755))
	return os.WriteFile(filepath.Join(to, filepath.Base(path)), text, 0o644)
}

// tested are the steps that run the tests which run this, and what is left of
// them for the steps after.
var tested = map[string]string{"make check": "make crane", "make test": "true"}

func (r *runner) shell(s workflow.Step) error {
	script := cmp.Or(tested[s.Run.Text], s.Run.Text)
	own, err := workflow.Expand(s.Variables(), r.contexts)
	r.Check(err)
	cmd := exec.Command("bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script)
	cmd.Dir, cmd.SysProcAttr = r.root, &syscall.SysProcAttr{Setpgid: true}
	for _, env := range []map[string]string{r.env, own} {
		for _, name := range slices.Sorted(maps.Keys(env)) {
			cmd.Env = append(cmd.Env, name+"="+env[name])
		}
	}
	var said strings.Builder
	cmd.Stdout, cmd.Stderr = &said, &said
	r.Logf("$ %s", script)
	r.Check(cmd.Start())
	ended := make(chan struct{})
	if r.kill != nil {
		go r.lose(cmd.Process.Pid, ended)
	}
	err = cmd.Wait()
	close(ended)
	r.Logf("%s", said.String())
	r.Check(appendTo(filepath.Join(r.Getenv("WORK"), "job.log"), said.String()))
	return err
}

// lose kills everything that a step has started, once a request was made.
func (r *runner) lose(pid int, ended chan struct{}) {
	since, _ := strconv.Atoi(r.Getenv("MARK"))
	for {
		select {
		case <-ended:
			return
		case <-time.After(5 * time.Millisecond):
		}
		for _, request := range readLog(r.TestScript)[since:] {
			if matches(request, append([]string{"api"}, r.kill...)) {
				for _, each := range descendants(pid) {
					_ = syscall.Kill(each, syscall.SIGKILL) // it may have ended by itself
				}
				return
			}
		}
	}
}

// descendants are a process and all that come from it, the youngest first.
func descendants(pid int) []int {
	out, _ := exec.Command("ps", "-e", "-o", "pid=,ppid=").Output()
	children := map[int][]int{}
	for line := range strings.Lines(string(out)) {
		var child, parent int
		if _, err := fmt.Sscan(line, &child, &parent); err == nil {
			children[parent] = append(children[parent], child)
		}
	}
	all := []int{pid}
	for i := 0; i < len(all); i++ {
		all = append(all, children[all[i]]...)
	}
	slices.Reverse(all)
	return all
}

// publish makes the job a run on GitHub.
func (r *runner) publish() {
	conclusion := "success"
	if r.failed {
		conclusion = "failure"
	}
	run := githubtest.Run{
		Workflow: r.file, Event: startedBy(r.file), Branch: stacks.ProductionGate.Branch, Commit: r.env["GITHUB_SHA"],
		Conclusion: conclusion, Artifacts: map[string]githubtest.Artifact{},
	}
	entries, _ := os.ReadDir(filepath.Dir(r.artifact("any"))) // nothing was uploaded
	for _, e := range entries {
		archive, err := githubtest.Path(r.artifact(e.Name()))()
		r.Check(err)
		run.Artifacts[e.Name()] = githubtest.Archive(archive)
	}
	r.hub.Publish(run)
	r.Check(os.RemoveAll(filepath.Dir(r.artifact("any"))))
}
