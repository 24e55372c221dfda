package doctor

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"crane/internal/doctor/doctortest"
	"crane/stacks"
)

// TestFindings changes one setting at a time: its check finds it, and no other
// check says anything that it does not have to.
func TestFindings(t *testing.T) {
	t.Parallel()
	for service, list := range map[string][]one{
		"github": gitHubSettings, "branch": branchSettings, "infisical": infisicalSettings, "cloudflare": cloudflareSettings, "state": stateSettings,
	} {
		for _, o := range list {
			t.Run(service+" "+o.name, func(t *testing.T) {
				t.Parallel()
				p := healthy(t)
				o.change(p)
				r := p.examine(t)
				f := r.found(t, o.id)
				require.Equal(t, o.verdict, f.Verdict, f)
				require.Contains(t, f.Found, o.words)
				require.NotEmpty(t, f.Fix)
				not := r.verdicts()
				for _, id := range append(o.also, o.id) {
					require.Contains(t, not, id)
					delete(not, id)
				}
				require.Empty(t, not, "only what was changed")
				require.ErrorIs(t, r.Err(), worst(r))
			})
		}
	}
}

// worst is the error of a report, by its counts.
func worst(r Report) error {
	switch {
	case r.Counts[Wrong] > 0:
		return ErrWrong
	case r.Counts[Unseen] > 0:
		return ErrUnseen
	}
	return ErrWeak
}

// TestAlsoRight are other settings that are right.
func TestAlsoRight(t *testing.T) {
	t.Parallel()
	protection := obj{
		"required_pull_request_reviews": obj{"require_code_owner_reviews": true, "required_approving_review_count": 1},
		"required_status_checks":        obj{"strict": true, "contexts": []any{"verify"}, "checks": []any{obj{"context": "verify"}}},
		"enforce_admins":                obj{"enabled": true}, "allow_force_pushes": obj{"enabled": false}, "allow_deletions": obj{"enabled": false},
	}
	for name, change := range map[string]func(*patient){
		"the older protection of a branch":   all(set(rules, "", []any{}), set(classic, "", protection)),
		"a ruleset, the older one not shown": refuse(classic, http.StatusForbidden, "no"),
		"a ruleset, the older one not set":   refuse(classic, http.StatusNotFound, "Branch not protected"),
		"selected actions":                   selected("actions/*", "!*/*", "acme/tool@v1"),
		"no actions but our own":             all(unpinned, set(repo+"/actions/permissions", "allowed_actions", "local_only")),
		"two rulesets that spare nobody":     all(apartFrom("2"), ruleset("active")),
		"a second ruleset that spares somebody, of what the first one demands": all(
			set(rules, "0", obj{"type": "pull_request", "ruleset_id": 42, "parameters": obj{"required_approving_review_count": 1}}),
			set(classic, "allow_deletions.enabled", false), spared),
		"any reviewer":                      func(p *patient) { p.Protection.Reviewers = nil },
		"a team":                            all(set(production, "protection_rules.0.reviewers.1", obj{"type": "Team", "reviewer": obj{"slug": "cy"}}), set("/github/orgs/acme/teams/cy/members", "", []any{obj{"login": "ann"}})),
		"reviewers on a private repository": private,
		"a token of a person's":             all(refuse(mine+"/tokens/verify", 401, "Invalid API Token"), set("/client/v4/user/tokens/verify", "", obj{"success": true, "result": obj{"status": "active", "expires_on": "2999-01-01T00:00:00Z"}})),
		"one run of migrations": func(p *patient) {
			resourceOf(p.states["production"], theMigrations)["outputs"].(obj)["bookmark"] = ""
		},
		"being retired":            all(strip(theDatabase, "protect", false), strip(theDatabase, "retainOnDelete", false), strip(theScript, "protect", false), func(p *patient) { p.Retire = stacks.Retire{Workers: []string{"api"}, Databases: []string{"api"}} }),
		"a canary shown to nobody": strip(theStack, "outputs", obj{"canary": obj{"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "plaintext": `"placeholder"`}, "databases": obj{"api": obj{}}}),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := healthy(t)
			change(p)
			r := p.examine(t)
			require.Empty(t, r.verdicts(), r.Findings)
		})
	}
}

// TestClassicExempt are those whom the older protection of a branch spares.
func TestClassicExempt(t *testing.T) {
	t.Parallel()
	for words, change := range map[string]obj{
		"pull-request: administrators are exempt": {"required_pull_request_reviews": obj{"required_approving_review_count": 1}, "enforce_admins": obj{"enabled": false}},
		"pull-request: some need no pull request": {"required_pull_request_reviews": obj{"required_approving_review_count": 1,
			"bypass_pull_request_allowances": obj{"users": []any{obj{"login": "eve"}}}}, "enforce_admins": obj{"enabled": true}},
		"nothing is demanded, of anybody": {"enforce_admins": obj{"enabled": true}},
	} {
		p := healthy(t)
		p.Set(rules, "", []any{})
		p.Set(classic, "", change)
		f := p.examine(t).found(t, "github.branch.bypass")
		require.Equal(t, Wrong, f.Verdict)
		require.Equal(t, words, f.Found)
	}
}

// TestOneAccount is the weaker setting, on purpose or not.
func TestOneAccount(t *testing.T) {
	t.Parallel()
	p := healthy(t)
	p.Accounts["production"] = doctortest.StagingAccount
	all := stacks.All()
	all[1].AccountID = doctortest.StagingAccount
	seen := p.apart(all)
	require.Equal(t, Wrong, seen.Verdict)
	require.Contains(t, seen.Found, "both stacks are on account "+doctortest.StagingAccount)
	p.Protection.OneAccount = true
	seen = p.apart(all)
	require.Equal(t, Weak, seen.Verdict)
	require.Contains(t, seen.Found, "staging's token can delete and read production's databases")
	require.Equal(t, Weak, cloud{Subject: p.Subject}.probe(t.Context()).Verdict)
}

func TestOwnerless(t *testing.T) {
	t.Parallel()
	paths := []string{"/stacks/", "/Makefile"}
	for file, want := range map[string][]string{
		"":                                    paths,
		"* @a":                                nil,
		"# * @a":                              paths,
		"* @a # all":                          nil,
		"* @a\n/stacks/":                      {"/stacks/"},
		"* @a\n/stacks":                       {"/stacks/"},
		"* @a\n/stacks/gate.go":               {"/stacks/"},
		"* @a\ngate.go":                       {"/stacks/", "/Makefile"},
		"* @a\n*.go":                          {"/stacks/", "/Makefile"},
		"*.go\n* @a":                          nil,
		"/stacks/ @a\nMakefile @a":            nil,
		"/stacks/** @a\n/Makefile @a":         nil,
		"/stacks/gate.go @a\n/Makefile @a":    {"/stacks/"},
		"/st*/ @a\n/Makefile @a":              {"/stacks/"},
		"/stacks/ @a\n/stacks/x\n/Makefile b": {"/stacks/"},
	} {
		require.Equal(t, len(want), len(ownerless(file, paths)), file)
		if len(want) > 0 {
			require.Equal(t, want, ownerless(file, paths), file)
		}
	}
}

// TestAddresses are those to which no credential is sent.
func TestAddresses(t *testing.T) {
	t.Parallel()
	for _, base := range []string{"", "http://github.example", "ftp://x", "https://user:pw@github.example", "https://", "http://localhost.evil.example"} {
		_, err := NewGitHub(nil, base, "token", stacks.ProductionGate)
		require.Error(t, err, base)
		i := NewInfisical(nil, Access{Site: base, Client: "c", Secret: "s"})
		_, err = i.in(t.Context())
		require.ErrorContains(t, err, "nothing was sent", base)
	}
}
