package workflow

import "maps"

// step is what one step of a job is, in its place.
type step struct {
	// does is a command as it stands in run, or an action with the artifact's name
	// and path.
	does string
	// when is the condition; without one it runs while all is well.
	when string
	env  env
}

// env are the variables of a step, each with the expression that is its value.
// None has a literal value: BASH_ENV, GOFLAGS or PATH would change what the same
// command does.
type env map[string]string

// The steps of every job: these, all of them, in this order, and no others.
var (
	verifySteps = []step{
		{does: checkout},
		{does: setupGo},
		{does: setupNode},
		{does: "make check"},
		{does: crane + ` migrate lint --against "origin/$GITHUB_BASE_REF"`, when: "github.event_name == 'pull_request'"},
		{does: "make test"},
	}
	previewSteps = []step{
		{does: checkout},
		{does: "mkdir -p .crane && cp .github/preview-failed.md .crane/preview.md"},
		{does: setupGo},
		{does: setupNode},
		{does: "make tools"},
		{does: crane + " fetch states", env: ownToken},
		{does: crane + " preview --markdown .crane/preview.md"},
		{does: `cat .crane/preview.md >> "$GITHUB_STEP_SUMMARY"`, when: "!cancelled()"},
		{does: upload + " preview .crane/preview.md", when: "!cancelled()"},
	}
	commentSteps = []step{
		{does: checkout},
		{does: setupGo},
		{does: "make crane"},
		{does: download + " preview .crane/comment"},
		{does: crane + ` comment --pull-request "$NUMBER" .crane/comment/preview.md`, env: env{"GITHUB_TOKEN": jobToken, "NUMBER": number}},
	}
	deploySteps = []step{
		{does: checkout},
		{does: setupGo},
		{does: setupNode},
		{does: "make tools"},
		{does: crane + " up", env: secrets(deploying)},
		{does: crane + " release --releases .crane/releases", env: secrets(receipting)},
		{does: upload + " release .crane/releases"},
		{does: crane + " preview-state export staging", env: secrets(deploying)},
		{does: upload + " preview-staging .crane/preview/staging.json"},
	}
	promoteSteps = []step{
		{does: checkout},
		{does: setupGo},
		{does: setupNode},
		{does: "make crane"},
		{
			does: crane + ` fetch receipts --commit "$COMMIT" --releases .crane/releases > .crane/commit`,
			env:  env{"GITHUB_TOKEN": jobToken, "COMMIT": "inputs.commit"},
		},
		{does: `git checkout --detach "$(cat .crane/commit)"`, when: "!inputs.rollback"},
		{does: "make tools"},
		{
			does: crane + ` promote --commit "$COMMIT" --rollback="$ROLLBACK" --first="$FIRST"` +
				` --releases .crane/releases --summary "$GITHUB_STEP_SUMMARY"`,
			env: env{"COMMIT": "inputs.commit", "ROLLBACK": "inputs.rollback", "FIRST": "inputs.first"},
		},
		{does: upload + " promoted .crane/promoted"},
		{does: crane + " preview-state export production"},
		{does: upload + " preview-production .crane/preview/production.json"},
	}
	driftSteps = []step{
		{does: checkout},
		{does: "mkdir -p .crane && cp .github/inspection-failed.md .crane/inspection.md"},
		{does: setupGo},
		{does: "make crane"},
		{does: setupNode},
		{does: "make tools"},
		{does: crane + " fetch states", env: ownToken},
		{does: crane + " inspect --markdown .crane/inspection.md", env: with(secrets(deploying), "GITHUB_TOKEN", "secrets.CRANE_DOCTOR_TOKEN || "+jobToken)},
		{does: `cat .crane/inspection.md >> "$GITHUB_STEP_SUMMARY"`, when: "!cancelled()"},
		{does: crane + " issue --close=false" + title + " .crane/inspection.md", when: "failure() || cancelled()", env: ownToken},
		{does: crane + " issue --close=true" + title + " .crane/inspection.md", env: ownToken},
	}
)

const title = ` --title "Staging or a setting is not as declared, or was not seen"`

var ownToken = env{"GITHUB_TOKEN": jobToken}

func secrets(names []string) env {
	all := env{}
	for _, name := range names {
		all[name] = "secrets." + name
	}
	return all
}

func with(e env, name, value string) env {
	all := maps.Clone(e)
	all[name] = value
	return all
}
