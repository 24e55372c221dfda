package gate

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"crane/internal/hint"
	"crane/internal/local/issuer"
	"crane/stacks"
)

const github = "https://token.actions.githubusercontent.com"

// here is a local Cloudflare, there is the real one.
var (
	here  = Where{APIHost: "127.0.0.1:7701", Infisical: "http://127.0.0.1:7703"}
	there = Where{APIHost: "api.cloudflare.com", Infisical: "https://eu.infisical.com"}
)

// declared is a gate as it is declared for GitHub.
func declared() stacks.Gate {
	return stacks.Gate{
		Issuer:       github,
		Repository:   "acme/crane",
		RepositoryID: "123456",
		OwnerID:      "654321",
		Branch:       "main",
		Promote:      stacks.Workflow{File: "promote.yml", Event: "workflow_dispatch", Environment: "production"},
		Deploy:       stacks.Workflow{File: "deploy.yml", Event: "push", Environment: "staging"},
		Runner:       "github-hosted",
		ReceiptLife:  14 * 24 * time.Hour,
	}
}

func TestCompile(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		issuer string
		where  Where
		want   string
	}{
		{github, there, github},
		{github, here, github},
		{"https://github.acme.example/_services/token", there, "https://github.acme.example/_services/token"},
		{stacks.LocalIssuer, here, "http://127.0.0.1:7703/oidc"},
		{stacks.LocalIssuer, Where{"localhost:1", "http://localhost:2/"}, "http://localhost:2/oidc"},
		{"https://localhost:9/x", here, "https://localhost:9/x"},
	} {
		g := declared()
		g.Issuer = tc.issuer
		p, err := Compile(g, tc.where)
		require.NoError(t, err, tc.issuer)
		require.Equal(t, tc.want, p.Issuer())
	}
}

// TestTheRehearsalsGate is the one of a project that is not live yet.
func TestTheRehearsalsGate(t *testing.T) {
	t.Parallel()
	_, err := Compile(stacks.ProductionGate, here)
	require.NoError(t, err)
	_, err = Compile(stacks.ProductionGate, there)
	require.ErrorIs(t, err, ErrPolicy)
	require.ErrorContains(t, err, `Issuer is local, on this machine, and Cloudflare's API is "api.cloudflare.com", which is not`)
}

func TestLocalPrefix(t *testing.T) {
	t.Parallel()
	require.Equal(t, issuer.Prefix, localPrefix)
}

func TestEveryFieldIsRequired(t *testing.T) {
	t.Parallel()
	_, err := Compile(stacks.Gate{}, here)
	require.ErrorIs(t, err, ErrPolicy)
	require.EqualError(t, err, "the gate of stacks/production.go cannot be used:\n"+
		"  every field is required, and missing are Issuer, Repository, RepositoryID, OwnerID, Branch, "+
		"Promote.File, Promote.Event, Promote.Environment, Deploy.File, Deploy.Event, Deploy.Environment, Runner, ReceiptLife\n"+
		"nothing was changed")
	require.Equal(t, "mend ProductionGate in stacks/production.go", hint.Of(err))
}

// TestImpossibleGates has one thing wrong in each row, and one line about it.
func TestImpossibleGates(t *testing.T) {
	t.Parallel()
	for says, change := range map[string]func(*stacks.Gate, *Where){
		`missing are Issuer`:               func(g *stacks.Gate, _ *Where) { g.Issuer = "" },
		`missing are Repository`:           func(g *stacks.Gate, _ *Where) { g.Repository = "" },
		`missing are RepositoryID`:         func(g *stacks.Gate, _ *Where) { g.RepositoryID = "" },
		`missing are OwnerID`:              func(g *stacks.Gate, _ *Where) { g.OwnerID = "" },
		`missing are Branch`:               func(g *stacks.Gate, _ *Where) { g.Branch = "" },
		`missing are Promote.File`:         func(g *stacks.Gate, _ *Where) { g.Promote.File = "" },
		`missing are Promote.Event`:        func(g *stacks.Gate, _ *Where) { g.Promote.Event = "" },
		`missing are Promote.Environment`:  func(g *stacks.Gate, _ *Where) { g.Promote.Environment = "" },
		`missing are Deploy.File`:          func(g *stacks.Gate, _ *Where) { g.Deploy.File = "" },
		`missing are Deploy.Event`:         func(g *stacks.Gate, _ *Where) { g.Deploy.Event = "" },
		`missing are Deploy.Environment`:   func(g *stacks.Gate, _ *Where) { g.Deploy.Environment = "" },
		`missing are Runner`:               func(g *stacks.Gate, _ *Where) { g.Runner = "" },
		`missing are ReceiptLife`:          func(g *stacks.Gate, _ *Where) { g.ReceiptLife = 0 },
		`Repository is "crane", and has`:   func(g *stacks.Gate, _ *Where) { g.Repository = "crane" },
		`Repository is "a/b/c", and has`:   func(g *stacks.Gate, _ *Where) { g.Repository = "a/b/c" },
		`Repository is "a/", and has`:      func(g *stacks.Gate, _ *Where) { g.Repository = "a/" },
		`Repository is "a/b\n", and has`:   func(g *stacks.Gate, _ *Where) { g.Repository = "a/b\n" },
		`Repository is "acme/*", and '*'`:  func(g *stacks.Gate, _ *Where) { g.Repository = "acme/*" },
		`RepositoryID is "acme", and has`:  func(g *stacks.Gate, _ *Where) { g.RepositoryID = "acme" },
		`RepositoryID is "-1", and has`:    func(g *stacks.Gate, _ *Where) { g.RepositoryID = "-1" },
		`OwnerID is "1 ", and has to be a`: func(g *stacks.Gate, _ *Where) { g.OwnerID = "1 " },
		`OwnerID is ".+", and '+'`:         func(g *stacks.Gate, _ *Where) { g.OwnerID = ".+" },
		`without refs/heads/`:              func(g *stacks.Gate, _ *Where) { g.Branch = "refs/heads/main" },
		`Branch is "release/*", and '*'`:   func(g *stacks.Gate, _ *Where) { g.Branch = "release/*" },
		`Branch is "ma.*n", and '*'`:       func(g *stacks.Gate, _ *Where) { g.Branch = "ma.*n" },
		`Branch is "m[a]in", and '['`:      func(g *stacks.Gate, _ *Where) { g.Branch = "m[a]in" },
		`Branch is "main|x", and '|'`:      func(g *stacks.Gate, _ *Where) { g.Branch = "main|x" },
		`Branch is "my branch", and has`:   func(g *stacks.Gate, _ *Where) { g.Branch = "my branch" },
		`Branch is " main", and has`:       func(g *stacks.Gate, _ *Where) { g.Branch = " main" },
		`Branch is "/main", and has`:       func(g *stacks.Gate, _ *Where) { g.Branch = "/main" },
		`Promote.File is ".github/work`:    func(g *stacks.Gate, _ *Where) { g.Promote.File = ".github/workflows/promote.yml" },
		`Promote.File is "promote.yml@x"`:  func(g *stacks.Gate, _ *Where) { g.Promote.File = "promote.yml@x" },
		`Promote.File is "promote", and`:   func(g *stacks.Gate, _ *Where) { g.Promote.File = "promote" },
		`Deploy.File is "deploy.json",`:    func(g *stacks.Gate, _ *Where) { g.Deploy.File = "deploy.json" },
		`Deploy.File are both "Promote.yml": whoever deploys to staging could promote`: func(g *stacks.Gate, _ *Where) { g.Deploy.File = "Promote.yml" },
		`Deploy.Environment are both "Production": whoever deploys to staging would`:   func(g *stacks.Gate, _ *Where) { g.Deploy.Environment = "Production" },
		`Promote.Event is "push,workflow_dispatch", and has`:                           func(g *stacks.Gate, _ *Where) { g.Promote.Event = "push,workflow_dispatch" },
		`Deploy.Event is "Push", and has`:                                              func(g *stacks.Gate, _ *Where) { g.Deploy.Event = "Push" },
		`Promote.Environment is "prod uction", and has`:                                func(g *stacks.Gate, _ *Where) { g.Promote.Environment = "prod uction" },
		`Deploy.Environment is "(staging)", and '('`:                                   func(g *stacks.Gate, _ *Where) { g.Deploy.Environment = "(staging)" },
		`Runner is "github.hosted", and has`:                                           func(g *stacks.Gate, _ *Where) { g.Runner = "github.hosted" },
		`ReceiptLife is -1h0m0s, and has to be more than nothing`:                      func(g *stacks.Gate, _ *Where) { g.ReceiptLife = -time.Hour },
		`ReceiptLife is 90d0h1m, and may be 90d0h0m at most`:                           func(g *stacks.Gate, _ *Where) { g.ReceiptLife = maxReceiptLife + time.Minute },
		`Issuer is "http://token.actions.githubusercontent.com", and has to be local or an https address`: func(g *stacks.Gate, _ *Where) {
			g.Issuer = "http://token.actions.githubusercontent.com"
		},
		`Issuer is "http://127.0.0.1:1/oidc", and has to be local or an https`: func(g *stacks.Gate, w *Where) { g.Issuer = "http://127.0.0.1:1/oidc" },
		`Issuer is "github", and has to be local or an https address`:          func(g *stacks.Gate, _ *Where) { g.Issuer = "github" },
		`Issuer is "https://", and has to be local or an https address`:        func(g *stacks.Gate, _ *Where) { g.Issuer = "https://" },
		`Issuer is "https:github.com", and has to be`:                          func(g *stacks.Gate, _ *Where) { g.Issuer = "https:github.com" },
		`Issuer has a user name or a password in it`:                           func(g *stacks.Gate, _ *Where) { g.Issuer = "https://me:hunter2@github.com" },
		`and has to be without a query and a fragment`:                         func(g *stacks.Gate, _ *Where) { g.Issuer = github + "?x" },
		`x", and has to be without a query and a fragment`:                     func(g *stacks.Gate, _ *Where) { g.Issuer = github + "/#x" },
		`and has to be without the slash at its end`:                           func(g *stacks.Gate, _ *Where) { g.Issuer = github + "/" },
		`Issuer is "https://*.githubusercontent.com", and has to be one`:       func(g *stacks.Gate, _ *Where) { g.Issuer = "https://*.githubusercontent.com" },
		`Issuer is "https://localhost:1", on this machine, and Cloud`:          func(g *stacks.Gate, _ *Where) { g.Issuer = "https://localhost:1" },
		`Issuer is local, on this machine, and Cloudflare's API is "api.clo`:   func(g *stacks.Gate, _ *Where) { g.Issuer = stacks.LocalIssuer },
		`Issuer is local, on this machine, and Cloudflare's API is "", which`:  func(g *stacks.Gate, w *Where) { g.Issuer = stacks.LocalIssuer; *w = Where{Infisical: here.Infisical} },
		`Issuer is local, and Infisical, beside which it would be, is not an`:  func(g *stacks.Gate, w *Where) { g.Issuer = stacks.LocalIssuer; w.APIHost = here.APIHost },
	} {
		g, w := declared(), there
		change(&g, &w)
		p, err := Compile(g, w)
		require.Nil(t, p, says)
		require.ErrorIs(t, err, ErrPolicy, says)
		require.ErrorContains(t, err, says)
		require.Equal(t, 2, strings.Count(err.Error(), "\n"), "one line of problems in: %v", err)
		require.NotContains(t, err.Error(), "hunter2", "a password is not printed")
		require.Equal(t, "mend ProductionGate in stacks/production.go", hint.Of(err))
	}
}

// TestTheLocalIssuersPlace follows from Infisical's address, which has to be one.
func TestTheLocalIssuersPlace(t *testing.T) {
	t.Parallel()
	g := declared()
	g.Issuer = stacks.LocalIssuer
	for _, infisical := range []string{"", "127.0.0.1:7703", "ftp://localhost", "http://localhost/x", "http://u@localhost", "http://localhost?x", "https://eu.infisical.com", "http://localhost.evil.example", ":"} {
		_, err := Compile(g, Where{here.APIHost, infisical})
		require.ErrorIs(t, err, ErrPolicy, infisical)
	}
}
