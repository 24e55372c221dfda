package workflow

// Rule is the name of a rule. The attacks that most of them stop are described at
// https://docs.zizmor.sh/audits.
type Rule string

// The rules.
const (
	// Known is that every file and job has a policy here, every policy its file and
	// job, and a job no name but its id.
	Known Rule = "known"
	// Start is that a workflow is started by exactly what its policy says. Through
	// pull_request_target or workflow_run strangers would start jobs of main.
	Start Rule = "start"
	// Top is that a workflow gives its jobs nothing: no right, no variable; and
	// that a pipe fails with its first command, which it does in bash only.
	Top Rule = "top"
	// Grant is that a job may do what its policy says, each with its reason.
	Grant Rule = "grant"
	// Environment is that a job is in the environment of its policy, so that one
	// job alone is in production's.
	Environment Rule = "environment"
	// Machine is that a job runs on GitHub's machine of one version, for an hour at
	// most.
	Machine Rule = "machine"
	// Queue is that deployments are never cancelled and previews always are.
	Queue Rule = "queue"
	// Call is that the only workflow that is called is the one that verifies, and
	// that it is given nothing.
	Call Rule = "call"
	// Needs is that nothing is deployed before it was verified.
	Needs Rule = "needs"
	// Listed is that a job does what the table of this package says, all of it, in
	// its order, and nothing else.
	Listed Rule = "listed"
	// When is that a job and a step run under the condition of the policy.
	When Rule = "when"
	// Env is that a step has the variables of the table, and that no variable comes
	// from elsewhere or has a literal value.
	Env Rule = "env"
	// Whose is that no job that may write runs the code of a pull request.
	Whose Rule = "whose"
	// Pin is that an action is one of a short list, of one commit.
	Pin Rule = "pin"
	// Input is that an action is told what it has to be told, and nothing unknown.
	Input Rule = "input"
	// Foreign is that a job which holds something takes no cache and, but for the
	// comment, no artifact: what other jobs have written.
	Foreign Rule = "foreign"
	// Command is that a step is one command that runs on a laptop too.
	Command Rule = "command"
	// Injection is that no expression is in a command, where its value would be
	// program text.
	Injection Rule = "injection"
	// Leak is that no step changes the environment of those after it.
	Leak Rule = "leak"
	// Expression is that an expression is simple, and names nothing unknown.
	Expression Rule = "expression"
	// Secret is that a secret reaches the steps of crane's in staging, and only by
	// their env; production's job has none.
	Secret Rule = "secret"
	// Token is that the job's token reaches the commands that speak to GitHub.
	Token Rule = "token"
	// Regardless is that nothing that holds a credential runs after a failure, but
	// for what tells about it.
	Regardless Rule = "regardless"
)
