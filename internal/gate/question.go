package gate

import (
	"fmt"
	"time"

	"crane/stacks"
)

// question is what is asked of one kind of token.
type question struct {
	// subject is how messages call the token.
	subject string
	// audience is the token's, without the receipt's digest.
	audience string
	// pins are the claims that have one right value.
	pins []pin
	// age is how long after it was issued the token counts; zero is for ever.
	age time.Duration
	// kept says that the token is to outlive its job, so that its expiry does not
	// count, and that one which is older than age is ErrOld.
	kept bool
	// person says that no app may have started the run.
	person bool
	// next is what to do after a denial.
	next string
}

// pin is a claim and its value.
type pin struct{ claim, value string }

const (
	// maxAge is how old the token of a promotion may be. GitHub issues one
	// whenever a step of a job asks.
	maxAge = 10 * time.Minute
	// maxLife is for how long a token may be issued; GitHub's have five minutes.
	maxLife = 15 * time.Minute
)

// promotion is asked of who promotes. A run that is repeated would have the rights
// of the one who started it first, for thirty days, so that only its first attempt
// counts: https://docs.github.com/en/actions/managing-workflow-runs/re-running-workflows-and-jobs.
func promotion(g stacks.Gate) question {
	return question{
		subject:  "the token",
		audience: promotionAudience,
		pins:     append(pins(g, g.Promote), pin{"run_attempt", "1"}),
		age:      maxAge,
		person:   true,
		next:     fmt.Sprintf("gh workflow run %s --ref %s", g.Promote.File, g.Branch),
	}
}

// receipt is asked of who signed a receipt.
func receipt(g stacks.Gate) question {
	return question{
		subject:  "the receipt's token",
		audience: receiptAudience,
		pins:     pins(g, g.Deploy),
		age:      g.ReceiptLife,
		kept:     true,
		next: fmt.Sprintf("have %s verify %s on staging again: gh run list --workflow %s --branch %s, then gh run rerun <run>",
			g.Deploy.File, g.Branch, g.Deploy.File, g.Branch),
	}
}

// pins are the claims of a workflow's jobs. The subject is not among them: what it
// holds depends on when the repository was made, and with an environment it says
// nothing of the branch. The event is, because pull_request_target runs on the
// branch too.
func pins(g stacks.Gate, w stacks.Workflow) []pin {
	ref := "refs/heads/" + g.Branch
	workflow := g.Repository + "/.github/workflows/" + w.File + "@" + ref
	return []pin{
		{"repository", g.Repository},
		{"repository_id", g.RepositoryID},
		{"repository_owner_id", g.OwnerID},
		{"environment", w.Environment},
		{"ref", ref},
		{"ref_type", "branch"},
		{"workflow_ref", workflow},
		{"job_workflow_ref", workflow},
		{"event_name", w.Event},
		{"runner_environment", g.Runner},
	}
}
