package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write docs/threats.md")

// layers are what stands between an agent and production, strongest first.
var layers = map[string]string{
	"A": "its own account and token",
	"B": "its own state, and the key to it",
	"C": "credentials that only the job gets",
	"P": "its passphrase",
	"G": "the program's gate",
	"H": "latches",
	"T": "the receipt of staging",
	"W": "the command line, which builds its own environment",
}

// threat is a row of the table: a way to production, and why it cannot be tried
// here, if it cannot.
type threat struct {
	path, not string
}

// attempt is one time that a session tries a row.
type attempt struct {
	layers, how, session string
}

// attempted finds the rows that sessions try, by their comments:
// # threat 3 C, H: pulumi destroy
func attempted(t *testing.T) map[int][]attempt {
	t.Helper()
	files, err := filepath.Glob("testdata/threats/*.txtar")
	require.NoError(t, err)
	line := regexp.MustCompile(`(?m)^# threat (\d+) ([A-Z](?:, [A-Z])*): (.+)$`)
	all := map[int][]attempt{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		for _, m := range line.FindAllStringSubmatch(string(text), -1) {
			row, err := strconv.Atoi(m[1])
			require.NoError(t, err)
			all[row] = append(all[row], attempt{m[2], m[3], strings.TrimSuffix(filepath.Base(file), ".txtar")})
		}
	}
	return all
}

// TestThreatTable holds docs/threats.md to what the sessions try: with -update it
// writes it. Each row is tried, or says why it cannot be.
func TestThreatTable(t *testing.T) {
	t.Parallel()
	tried := attempted(t)
	for row := range tried {
		require.LessOrEqual(t, row, len(threats))
	}
	for i, row := range threats {
		require.NotEqual(t, len(tried[i+1]) > 0, row.not != "", "row %d is tried or says why not", i+1)
	}
	require.GreaterOrEqual(t, len(tried), 35)
	const file = "../../docs/threats.md"
	page := threatPage(tried)
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(page), 0o644))
	}
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, page, string(text), "go test ./cmd/crane -run TestThreatTable -update writes it")
}

func threatPage(tried map[int][]attempt) string {
	var out strings.Builder
	fmt.Fprintf(&out, "# Ways to production\n\nWritten by `go test ./cmd/crane -run TestThreatTable -update` from the sessions in `cmd/crane/testdata/threats`, which try %d of the\n", len(tried))
	fmt.Fprintf(&out, "%d rows with the real Pulumi CLI, the local Cloudflare and state in files. Each ends with `frozen`: production's scripts, databases,\nrows, ledgers, and the resources and outputs of its state are what they were. `make storm` runs them.\n\n| layer | |\n|---|---|\n", len(threats))
	for _, name := range slices.Sorted(func(yield func(string) bool) {
		for name := range layers {
			if !yield(name) {
				return
			}
		}
	}) {
		fmt.Fprintf(&out, "| %s | %s |\n", name, layers[name])
	}
	out.WriteString("\n| # | way | layer that held | tried by |\n|---|---|---|---|\n")
	for i, row := range threats {
		out.WriteString(threatRow(i+1, row, tried[i+1]))
	}
	return out.String()
}

func threatRow(n int, row threat, attempts []attempt) string {
	if len(attempts) == 0 {
		return fmt.Sprintf("| %d | %s | | not here: %s |\n", n, row.path, row.not)
	}
	var held, how []string
	for _, a := range attempts {
		held = append(held, strings.Split(a.layers, ", ")...)
		how = append(how, fmt.Sprintf("%s (`%s`)", a.how, a.session))
	}
	slices.Sort(held)
	return fmt.Sprintf("| %d | %s | %s | %s |\n", n, row.path, strings.Join(slices.Compact(held), ", "), strings.Join(how, "; "))
}

// threats are the rows.
var threats = []threat{
	{path: "`pulumi up -s production` from a laptop or an agent's shell"},
	{path: "`pulumi preview -s production`, which runs whatever the program says"},
	{path: "`pulumi destroy`, which does not run the program"},
	{path: "`pulumi destroy --run-program`"},
	{path: "`pulumi destroy --ignore-protect`, or its twin in the environment"},
	{path: "`pulumi destroy --remove`, or `--target` of one resource"},
	{path: "`pulumi up --target`, `--replace`, `--target-replace`"},
	{path: "`pulumi up --plan` with a plan that was made elsewhere"},
	{path: "`pulumi watch`, which approves by itself"},
	{path: "`pulumi refresh`, which drops what it does not find"},
	{path: "`pulumi import` into production"},
	{path: "`pulumi state delete`, with or without `--force`"},
	{path: "`pulumi state unprotect`, then `destroy`"},
	{path: "`pulumi state move` to staging, then an ordinary `up` there"},
	{path: "`pulumi state rename`, `edit`, `repair`, `upgrade`"},
	{path: "`pulumi stack rm --force`, which needs no passphrase"},
	{path: "`pulumi stack rename`, to slip past a check of the name"},
	{path: "`pulumi stack export`, latches stripped, `pulumi stack import`"},
	{path: "production's state imported into staging, and destroyed there"},
	{path: "`pulumi cancel` while somebody else deploys"},
	{path: "`pulumi config set` on production's file"},
	{path: "`pulumi stack change-secrets-provider`"},
	{path: "a wrong or missing passphrase while the state has no secret"},
	{path: "`pulumi stack init production` on an empty or another backend"},
	{path: "an attacker's own backend: import the live id, destroy it there"},
	{path: "raw requests to Cloudflare's API, past all of Pulumi"},
	{path: "`pulumi stack tag` and the like"},
	{path: "a forged environment: `GITHUB_ACTIONS`, `GITHUB_REF`, `CI`"},
	{path: "an inherited `PULUMI_STACK=production`, then a bare command"},
	{path: "tampered variables of the tools: `PULUMI_OPTION_*`, API base, plugins, Infisical"},
	{path: "an edited program, run locally"},
	{path: "an edited program or a dropped latch in a merged pull request", not: "who reviews is GitHub's to enforce, and `crane doctor` reads whether it does; `go test ./infra` fails when a resource of production lacks its latch"},
	{path: "`wrangler deploy`, `delete`, `secret put` with the staging token"},
	{path: "`wrangler d1 execute --remote`, `d1 delete` with the staging token"},
	{path: "a person's own session of wrangler that has both accounts", not: "there is no account of a person's here, and `crane doctor` does not look at wrangler's own login: no person's account should have a role that writes on production's"},
	{path: "a leaked production token"},
	{path: "a leaked client secret of staging's Infisical identity"},
	{path: "a leaked Infisical access token"},
	{path: "an Infisical identity without bound claims"},
	{path: "a pull request from a fork"},
	{path: "`pull_request_target`, `workflow_run`, a comment"},
	{path: "the promote workflow, edited on a branch and started there"},
	{path: "another workflow file that names the production environment"},
	{path: "an environment that is missing or not protected", not: "it is a setting of GitHub's, which `crane doctor` reads; `go test ./internal/doctor` has each way in which it can be wrong, and each in which it cannot be seen"},
	{path: "self-approval, or an administrator who bypasses", not: "it is a setting of GitHub's, which `crane doctor` reads; `go test ./internal/doctor` has each way in which it can be wrong, and each in which it cannot be seen"},
	{path: "an old identity token, replayed"},
	{path: "an old run, run again"},
	{path: "a moved tag of an action", not: "`go test ./internal/workflow` holds every action to one of five full commits, and `crane doctor` reads whether GitHub does"},
	{path: "a poisoned cache or artifact"},
	{path: "a script injected through the workflow's inputs"},
	{path: "a migration that was edited, renamed, deleted or reordered after staging"},
	{path: "a commit that staging never ran, or that failed there"},
	{path: "a forged receipt"},
	{path: "a bundle that was built anew and differs"},
	{path: "two promotions at the same time"},
	{path: "secrets in logs, state or plan"},
	{path: "a token that an agent finds and uses to mend something"},
	{path: "the gate, switched off for once by a flag or a variable"},
	{path: "an operator who really must delete a production database"},
}
