package doctor

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"crane/internal/doctor/doctortest"
	"crane/internal/hint"
	"crane/stacks"
)

// patient is a subject that has everything, and the world that it is asked in.
type patient struct {
	*doctortest.World
	Subject
	token, secret  string
	client         string
	cloudflare     string
	states         map[string]map[string]any
	stateErr       error
	copied         time.Time
	withProduction bool
}

func healthy(t *testing.T) *patient {
	t.Helper()
	return &patient{
		World: doctortest.Start(t), token: doctortest.GitHubToken, secret: doctortest.ClientSecret, client: "client-staging", cloudflare: doctortest.StagingToken,
		withProduction: true,
		states:         map[string]map[string]any{"staging": exportOf(t, "staging"), "production": exportOf(t, "production")},
		Subject: Subject{
			Gate: stacks.Gate{
				Issuer: "https://token.actions.githubusercontent.com", Repository: doctortest.Repository, RepositoryID: "700000001", OwnerID: "600001",
				Branch: "main", Runner: "github-hosted",
				Promote: stacks.Workflow{File: "promote.yml", Event: "workflow_dispatch", Environment: "production"},
				Deploy:  stacks.Workflow{File: "deploy.yml", Event: "push", Environment: "staging"},
			},
			Protection: stacks.Protection{
				Approval: stacks.ByReviewers, Reviewers: []string{"cy", "bo"}, Check: "verify", Owned: []string{"/.github/", "/stacks/", "/Pulumi.production.yaml"},
				StagingIdentity: "identity-staging", StagingRole: "crane-staging", ProductionRole: "crane-production",
				Uses: 10, SecretLife: 90 * 24 * time.Hour,
			},
			Fleet:    stacks.Fleet{Databases: []stacks.Database{{Name: "api"}}, Workers: []stacks.Worker{{Name: "api"}}},
			Issuer:   "https://token.actions.githubusercontent.com",
			Accounts: map[string]string{"staging": doctortest.StagingAccount, "production": doctortest.ProductionAccount},
		},
	}
}

// examine runs every check.
func (p *patient) examine(t *testing.T) Report { return p.within(t, 30*time.Second) }

func (p *patient) within(t *testing.T, deadline time.Duration) Report {
	t.Helper()
	s := p.Subject
	s.GitHub, _ = NewGitHub(p.World.Client, p.URL+"/github", p.token, s.Gate)
	s.Infisical = NewInfisical(p.World.Client, Access{
		Site: p.URL + "/infisical", Project: "project", Client: p.client, Secret: p.secret, Identity: "identity-production",
	})
	s.Cloudflare, _ = NewCloudflare(p.World.Client, p.Host, p.cloudflare)
	if p.withProduction {
		s.Production, _ = NewCloudflare(p.World.Client, p.Host, doctortest.ProductionToken)
	}
	s.States = map[string]State{}
	for stack, export := range p.states {
		s.States[stack] = func(context.Context) (Export, error) {
			text, err := json.Marshal(export)
			return Export{text, p.copied}, errors.Join(err, p.stateErr)
		}
	}
	r := Run(t.Context(), s.Checks(), deadline)
	text, err := json.Marshal(r)
	require.NoError(t, err)
	for _, secret := range []string{doctortest.GitHubToken, doctortest.StagingToken, doctortest.ProductionToken, doctortest.ClientSecret} {
		require.NotContains(t, string(text), secret)
	}
	return r
}

// found is the finding of an id.
func (r Report) found(t *testing.T, id string) Finding {
	t.Helper()
	for _, f := range r.Findings {
		if f.ID == id {
			return f
		}
	}
	t.Fatal("there is no check ", id)
	return Finding{}
}

// verdicts are those that are not ok, by id.
func (r Report) verdicts() map[string]Verdict {
	out := map[string]Verdict{}
	for _, f := range r.Findings {
		if f.Verdict != OK {
			out[f.ID] = f.Verdict
		}
	}
	return out
}

func TestAllGreen(t *testing.T) {
	t.Parallel()
	r := healthy(t).examine(t)
	require.Empty(t, r.verdicts(), r.Findings)
	require.NoError(t, r.Err())
	ids := map[string]bool{}
	for _, f := range r.Findings {
		require.False(t, ids[f.ID], "two checks are called %s", f.ID)
		ids[f.ID] = true
		require.NotEmpty(t, f.Title, f.ID)
		require.NotEmpty(t, f.Why, f.ID)
		require.NotEmpty(t, f.Found, f.ID)
		require.Equal(t, f.Verdict == OK, f.Fix == "", f.ID)
	}
}

// TestShell is as all green, without production's token, which no shell has: that
// production's account refuses to show anything is as it has to be.
func TestShell(t *testing.T) {
	t.Parallel()
	p := healthy(t)
	p.withProduction = false
	r := p.examine(t)
	require.NoError(t, r.Err())
	require.Equal(t, map[string]Verdict{"backup.production.restore": Nowhere}, r.verdicts())
	require.Contains(t, r.found(t, "backup.production.restore").Found, "only the promote job has production's token")
}

// TestWorst is what a report comes to: the worst of all findings.
func TestWorst(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		verdicts []Verdict
		want     error
		hint     string
	}{
		{[]Verdict{OK, Nowhere}, nil, ""},
		{[]Verdict{OK, Weak}, ErrWeak, "mend weak"},
		{[]Verdict{Weak, Unseen}, ErrUnseen, "mend unseen"},
		{[]Verdict{Weak, Unseen, Wrong}, ErrWrong, "mend wrong"},
	} {
		r := Report{Counts: map[Verdict]int{}}
		for _, v := range test.verdicts {
			r.Findings = append(r.Findings, Finding{Verdict: v, Fix: "mend " + string(v)})
			r.Counts[v]++
		}
		err := r.Err()
		for _, each := range []error{ErrWrong, ErrWeak, ErrUnseen} {
			require.Equal(t, test.want == each, errors.Is(err, each), test.verdicts)
		}
		require.Equal(t, test.want == ErrWeak || test.want == ErrUnseen, errors.Is(err, ErrUnsure), test.verdicts)
		require.Equal(t, test.hint, hint.Of(err))
	}
}

// TestLocal is as all green, without GitHub and with nothing outside to keep.
func TestLocal(t *testing.T) {
	t.Parallel()
	p := healthy(t)
	p.Local = true
	r := p.examine(t)
	require.NoError(t, r.Err())
	for id, v := range r.verdicts() {
		require.Equal(t, Nowhere, v, id)
		require.True(t, strings.HasPrefix(id, "github."), id)
	}
	require.Equal(t, 21, r.Counts[Nowhere])
}

// TestUnseen takes away or breaks one service at a time. Nothing of it is right
// then, and nothing of the others is anything else.
func TestUnseen(t *testing.T) {
	t.Parallel()
	of := map[string][]string{
		doctortest.GitHub:     {"github."},
		doctortest.Infisical:  {"infisical."},
		doctortest.Cloudflare: {"cloudflare.isolation", "cloudflare.token", "backup."},
	}
	for service, ids := range of {
		for name, disturb := range map[string]func(*patient){
			"no token": func(p *patient) {
				map[string]func(){
					doctortest.GitHub: func() { p.token = "" }, doctortest.Infisical: func() { p.secret = "" },
					doctortest.Cloudflare: func() { p.cloudflare, p.withProduction = "", false },
				}[service]()
			},
			"401":       func(p *patient) { p.Fail(service, doctortest.Failing(401, `{"message":"Bad credentials"}`)) },
			"403":       func(p *patient) { p.Fail(service, doctortest.Failing(403, `{"message":"Resource not accessible"}`)) },
			"404":       func(p *patient) { p.Fail(service, doctortest.Failing(404, `{"message":"Not Found"}`)) },
			"429":       func(p *patient) { p.Fail(service, doctortest.Failing(429, `{"message":"too many"}`)) },
			"500":       func(p *patient) { p.Fail(service, doctortest.Failing(500, "<html>oh</html>")) },
			"malformed": func(p *patient) { p.Fail(service, doctortest.Failing(200, `{"`)) },
			"html":      func(p *patient) { p.Fail(service, doctortest.Failing(200, `<html></html>`)) },
			"list":      func(p *patient) { p.Fail(service, doctortest.Failing(200, `[]`)) },
			"empty":     func(p *patient) { p.Fail(service, doctortest.Failing(200, `{}`)) },
			"null":      func(p *patient) { p.Fail(service, doctortest.Failing(200, `null`)) },
			"redirect":  func(p *patient) { p.Fail(service, http.RedirectHandler("https://127.0.0.1:1/", 302).ServeHTTP) },
			"timeout":   func(p *patient) { p.Fail(service, doctortest.Silent) },
		} {
			t.Run(service+" "+name, func(t *testing.T) {
				t.Parallel()
				p := healthy(t)
				disturb(p)
				deadline := 30 * time.Second
				if name == "timeout" {
					deadline = time.Second
				}
				r := p.within(t, deadline)
				for _, f := range r.Findings {
					if !belongs(f.ID, ids) || f.Verdict == Nowhere && f.ID == "backup.production.restore" && name == "no token" {
						continue
					}
					require.Equal(t, Unseen, f.Verdict, f)
					require.NotEmpty(t, f.Found, f.ID)
					require.NotEmpty(t, f.Fix, f.ID)
				}
				for id := range r.verdicts() {
					require.True(t, belongs(id, ids), id)
				}
				require.ErrorIs(t, r.Err(), ErrUnseen)
				require.NotEmpty(t, hint.Of(r.Err()))
			})
		}
	}
}

func belongs(id string, prefixes []string) bool {
	for _, p := range prefixes {
		if strings.HasPrefix(id, p) {
			return true
		}
	}
	return false
}
