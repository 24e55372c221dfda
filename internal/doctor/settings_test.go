package doctor

import (
	"crane/internal/doctor/doctortest"
	"crane/stacks"
)

// Where the answers are.
const (
	repo       = doctortest.Repo
	production = repo + "/environments/production"
	staging    = repo + "/environments/staging"
	rules      = repo + "/rules/branches/main"
	classic    = repo + "/branches/main/protection"
	chosen     = repo + "/actions/permissions/selected-actions"
	collab     = repo + "/collaborators"
	oidc       = "/infisical/api/v1/auth/oidc-auth/identities/identity-production"
	universal  = "/infisical/api/v1/auth/universal-auth/identities/identity-staging"
	login      = "/infisical/api/v1/auth/universal-auth/login"
	member     = "/infisical/api/v1/projects/project/memberships/identities/identity-"
	mine       = "/client/v4/accounts/" + doctortest.StagingAccount
	theirs     = "/client/v4/accounts/" + doctortest.ProductionAccount
	approval   = "github.environment.production.reviewers"
	selfReview = "github.environment.production.self-review"
	people     = "github.people"
)

type obj = map[string]any

// one is a setting that is not as it should be.
type one struct {
	name   string
	change func(*patient)
	// id is the check that finds it, with a verdict and words.
	id      string
	verdict Verdict
	words   string
	// also are the other checks that are not ok then.
	also []string
}

// set changes one answer.
func set(path, key string, value any) func(*patient) {
	return func(p *patient) { p.Set(path, key, value) }
}

// all does several things.
func all(changes ...func(*patient)) func(*patient) {
	return func(p *patient) {
		for _, c := range changes {
			c(p)
		}
	}
}

// ruleset is a second one, that spares nobody.
func ruleset(enforcement string) func(*patient) {
	return set(repo+"/rulesets/42", "", obj{"id": 42, "name": "other", "enforcement": enforcement, "bypass_actors": []any{}})
}

// byOwnersIn42 is a rule of it.
var byOwnersIn42 = obj{"type": "pull_request", "ruleset_id": 42, "parameters": obj{"required_approving_review_count": 0, "require_code_owner_review": true}}

// spared is a second ruleset that spares somebody.
func spared(p *patient) {
	ruleset("active")(p)
	p.Set(repo+"/rulesets/42", "bypass_actors", []any{obj{"actor_id": 5, "actor_type": "RepositoryRole", "bypass_mode": "always"}})
}

// apartFrom puts every rule but one into the second ruleset.
func apartFrom(one string) func(*patient) {
	return func(p *patient) {
		for _, each := range []string{"0", "1", "2", "3"} {
			if each != one {
				p.Set(rules, each+".ruleset_id", 42)
			}
		}
	}
}

// selected allows the actions of patterns, by tag too.
func selected(patterns ...any) func(*patient) {
	return all(unpinned, set(repo+"/actions/permissions", "allowed_actions", "selected"), set(chosen, "patterns_allowed", append([]any{}, patterns...)))
}

func unpinned(p *patient) { p.Set(repo+"/actions/permissions", "sha_pinning_required", nil) }

func private(p *patient) { p.Set(repo, "private", true) }

func noReviewers(p *patient) { p.Set(production, "protection_rules", []any{}) }

func byCodeOwners(p *patient) { p.Protection.Approval = stacks.ByCodeOwners }

func plan(name string) func(*patient) { return set("/github/orgs/acme", "plan.name", name) }

func refuse(path string, status int, message string) func(*patient) {
	return func(p *patient) { p.Refuse(path, status, message) }
}

// ofStaging are the checks of whoever has staging's identity.
var ofStaging = []string{"infisical.staging.life", "infisical.staging.secret", "infisical.staging.role"}

// untold are those that need its settings.
var untold = []string{"infisical.staging.identity", "infisical.staging.secret", "infisical.staging.role"}

var unreviewed = []string{selfReview, people}

// settings are those of GitHub's environments, reviewers and Actions.
var gitHubSettings = []one{
	{"another repository", set(repo, "id", 700000002), "github.repository.id", Wrong, "repository 700000002 of owner 600001, declared are 700000001 and 600001", nil},
	{"another owner", set(repo, "owner.id", 7), "github.repository.id", Wrong, "of owner 7,", nil},
	{"no owner said", set(repo, "owner", nil), "github.repository.id", Unseen, "cannot be understood", nil},

	{"no production", set(repo+"/environments", "environments.0", obj{"name": "other"}), "github.environment.production", Wrong, "there is none",
		[]string{"github.environment.production.branch", "github.environment.production.bypass", approval, selfReview, people}},
	{"no staging", set(repo+"/environments", "environments.1", obj{"name": "other"}), "github.environment.staging", Wrong, "there is none",
		[]string{"github.environment.staging.branch"}},
	{"any branch", set(production, "deployment_branch_policy", nil), "github.environment.production.branch", Wrong, "any branch and any tag can", nil},
	{"any branch to staging", set(staging, "deployment_branch_policy", nil), "github.environment.staging.branch", Wrong, "any branch and any tag can", nil},
	{"a pattern", set(production+"/deployment-branch-policies", "branch_policies.0.name", "*"), "github.environment.production.branch", Wrong, "branch *", nil},
	{"a tag of that name", set(production+"/deployment-branch-policies", "branch_policies.0.type", "tag"), "github.environment.production.branch", Wrong, "tag main", nil},
	{"a second branch", set(staging+"/deployment-branch-policies", "branch_policies", []any{obj{"name": "main", "type": "branch"}, obj{"name": "dev", "type": "branch"}}),
		"github.environment.staging.branch", Wrong, "branch main, branch dev", nil},
	{"no branch at all", set(production+"/deployment-branch-policies", "branch_policies", []any{}), "github.environment.production.branch", Wrong, "nothing", nil},
	{"protected branches, and none is", all(set(production, "deployment_branch_policy", obj{"protected_branches": true, "custom_branch_policies": false}),
		set(repo+"/branches/main", "protected", false)), "github.environment.production.branch", Wrong, "while no branch is, all can", nil},
	{"protected branches", set(production, "deployment_branch_policy", obj{"protected_branches": true, "custom_branch_policies": false}),
		"github.environment.production.branch", Weak, "whoever can protect a branch", nil},
	{"administrators bypass", set(production, "can_admins_bypass", true), "github.environment.production.bypass", Wrong, "they can", nil},
	{"bypass not said", set(production, "can_admins_bypass", nil), "github.environment.production.bypass", Unseen, "cannot be understood", nil},

	{"other reviewers", set(production, "protection_rules.0.reviewers.1.reviewer.login", "eve"), approval, Wrong, "bo, eve may, declared are bo, cy", nil},
	{"a reviewer without a type", set(production, "protection_rules.0.reviewers.1.type", nil), approval, Unseen, "cannot be understood",
		[]string{"github.environment.production", "github.environment.production.branch", "github.environment.production.bypass", selfReview, people}},
	{"no reviewers, public", noReviewers, approval, Wrong, "reviewers are possible: the repository is public", unreviewed},
	{"no reviewers, Enterprise", all(noReviewers, private, plan("enterprise")), approval, Wrong, "the plan is enterprise", unreviewed},
	{"no reviewers, a plan without", all(noReviewers, private), approval, Wrong, "GitHub offers no reviewers: the repository is private and the plan is team", unreviewed},
	{"no reviewers, declared so", all(noReviewers, private, byCodeOwners), approval, Weak, "the review by a code owner of what is merged stands in", unreviewed},
	{"no reviewers, a person's", all(noReviewers, private, byCodeOwners, set(repo, "owner.type", "User")), approval, Weak, "private and a person's", unreviewed},
	{"declared so for nothing", all(noReviewers, byCodeOwners), approval, Wrong, "code owners are declared to stand in, and reviewers are possible", unreviewed},
	{"unknown plan", all(noReviewers, private, set("/github/orgs/acme", "plan", nil)), approval, Unseen, "shown to its owners only", unreviewed},
	{"unknown plan, declared so", all(noReviewers, private, byCodeOwners, refuse("/github/orgs/acme", 403, "no")), approval, Unseen, "HTTP 403", unreviewed},
	{"unknown visibility", all(noReviewers, set(repo, "private", nil)), approval, Unseen, "cannot be understood", unreviewed},
	{"self-review", set(production, "protection_rules.0.prevent_self_review", false), selfReview, Wrong, "whoever starts it may approve it", nil},
	{"self-review not said", set(production, "protection_rules.0.prevent_self_review", nil), selfReview, Unseen, "cannot be understood", nil},
	{"one person does both", all(set(production, "protection_rules.0.reviewers", []any{obj{"type": "User", "reviewer": obj{"login": "ann"}}}),
		func(p *patient) { p.Protection.Reviewers = nil }), people, Wrong, "ann, bo can push; ann is the only one who approves", nil},
	{"a team of one does both", all(set(production, "protection_rules.0.reviewers", []any{obj{"type": "Team", "reviewer": obj{"slug": "ops"}}}),
		set("/github/orgs/acme/teams/ops/members", "", []any{obj{"login": "bo"}}),
		func(p *patient) { p.Protection.Reviewers = []string{"ops"} }), people, Wrong, "bo is the only one who approves", nil},
	{"a team that is not shown", all(set(production, "protection_rules.0.reviewers", []any{obj{"type": "Team", "reviewer": obj{"slug": "ops"}}}),
		func(p *patient) { p.Protection.Reviewers = []string{"ops"} }), people, Unseen, "HTTP 404", nil},
	{"nobody can push", set(collab, "", []any{}), people, Unseen, "cannot be understood", nil},
	{"collaborators not shown", refuse(collab, 403, "Must have push access"), people, Unseen, "HTTP 403: Must have push access", nil},

	{"tokens write", set(repo+"/actions/permissions/workflow", "default_workflow_permissions", "write"), "github.actions.token", Wrong, "the default is write", nil},
	{"workflows approve", set(repo+"/actions/permissions/workflow", "can_approve_pull_request_reviews", true), "github.actions.approve", Wrong, "may create and approve", nil},
	{"workflows approve, not said", set(repo+"/actions/permissions/workflow", "can_approve_pull_request_reviews", nil), "github.actions.approve", Unseen, "cannot be", nil},
	{"any action", set(repo+"/actions/permissions", "sha_pinning_required", false), "github.actions.allowed", Wrong, "by any tag", nil},
	{"selected, and that is all", selected("*"), "github.actions.allowed", Wrong, "* lets any action run, by any tag", nil},
	{"selected, by any owner", selected("actions/*", "*/*@*"), "github.actions.allowed", Wrong, "*/*@* lets any action run", nil},
	{"selected, and not shown", all(selected(), refuse(chosen, 403, "no")), "github.actions.allowed", Unseen, "HTTP 403: no", nil},
	{"selected, and not said which", all(selected(), set(chosen, "patterns_allowed", nil)), "github.actions.allowed", Unseen, "cannot be understood", nil},
	{"allowed in a new way", all(unpinned, set(repo+"/actions/permissions", "allowed_actions", "most")), "github.actions.allowed", Unseen, "cannot be understood", nil},
	{"an organization's secret", set(repo+"/actions/organization-secrets", "", obj{"total_count": 1, "secrets": []any{obj{"name": "CLOUDFLARE_API_TOKEN"}}}),
		"github.secrets.repository", Wrong, "there are CLOUDFLARE_API_TOKEN", nil},
	{"a repository's secret", set(repo+"/actions/secrets", "", obj{"total_count": 1, "secrets": []any{obj{"name": "AWS_KEY"}}}),
		"github.secrets.repository", Wrong, "AWS_KEY", nil},
	{"a secret of production's", set(production+"/secrets", "", obj{"total_count": 1, "secrets": []any{obj{"name": "TOKEN"}}}),
		"github.secrets.production", Wrong, "TOKEN", nil},
	{"secrets not shown", refuse(production+"/secrets", 403, "Resource not accessible by integration"), "github.secrets.production", Unseen,
		"HTTP 403: Resource not accessible by integration", nil},
}

// branchSettings are those of the gate's branch.
var branchSettings = []one{
	{"no pull request", set(rules, "2.type", "creation"), "github.branch.pull-request", Wrong, "no ruleset demands it", []string{"github.branch.code-owners"}},
	{"no approval", set(rules, "2.parameters.required_approving_review_count", 0), "github.branch.pull-request", Wrong, "no ruleset demands it", nil},
	{"force push", set(rules, "1.type", "creation"), "github.branch.force-push", Wrong, "no ruleset demands it", nil},
	{"deletion", set(rules, "0.type", "creation"), "github.branch.deletion", Wrong, "no ruleset demands it", nil},
	{"no check", set(rules, "3.parameters.required_status_checks", []any{}), "github.branch.check", Wrong, "no ruleset demands it", nil},
	{"another check", set(rules, "3.parameters.required_status_checks.0.context", "lint"), "github.branch.check", Wrong, "no ruleset demands it", nil},
	{"no code owners", set(rules, "2.parameters.require_code_owner_review", false), "github.branch.code-owners", Wrong, "no ruleset demands it", nil},
	{"no code owners, half seen", all(set(rules, "2.parameters.require_code_owner_review", false), refuse(classic, 403, "no")),
		"github.branch.code-owners", Unseen, "HTTP 403", nil},
	{"no code owners, half seen, said as 404", all(set(rules, "2.parameters.require_code_owner_review", false), refuse(classic, 404, "Not Found")),
		"github.branch.code-owners", Unseen, "HTTP 404", nil},
	{"no code owners, never protected", all(set(rules, "2.parameters.require_code_owner_review", false), refuse(classic, 404, "Branch not protected")),
		"github.branch.code-owners", Wrong, "no protection of the branch", nil},
	{"somebody is exempt", set(repo+"/rulesets/41", "bypass_actors", []any{obj{"actor_id": 5, "actor_type": "RepositoryRole", "bypass_mode": "always"}}),
		"github.branch.bypass", Wrong, "the bypass list of main has 1 entries", nil},
	{"who is exempt is not shown", set(repo+"/rulesets/41", "bypass_actors", nil), "github.branch.bypass", Unseen, "shown to who may change it", nil},
	{"somebody is exempt of all but the pull request", all(apartFrom("2"), spared), "github.branch.bypass", Wrong,
		"force-push, deletion, check: the bypass list of other has 1 entries", nil},
	{"somebody is exempt of the check", all(set(rules, "3.ruleset_id", 42), spared), "github.branch.bypass", Wrong, "check: the bypass list of other", nil},
	{"somebody is exempt of code owners", all(set(rules, "2.parameters.require_code_owner_review", false), set(rules, "0", byOwnersIn42), set(classic, "allow_deletions.enabled", false), spared),
		"github.branch.bypass", Wrong, "code-owners: the bypass list of other", nil},
	{"the ruleset of the check is not shown", set(rules, "3.ruleset_id", 42), "github.branch.bypass", Unseen, "HTTP 404", nil},
	{"the ruleset of the check is not active", all(set(rules, "3.ruleset_id", 42), ruleset("evaluate")), "github.branch.bypass", Wrong, "check: other is evaluate", nil},
	{"the ruleset of the check says not whether it is active", all(set(rules, "3.ruleset_id", 42), ruleset("")), "github.branch.bypass", Unseen, "cannot be understood", nil},
	{"somebody is exempt, as far as was seen", all(set(rules, "3.ruleset_id", 42), spared, refuse(classic, 403, "no")), "github.branch.bypass", Unseen, "HTTP 403", nil},
	{"administrators are exempt of the check", all(set(rules, "3.type", "creation"), set(classic, "required_status_checks", obj{"contexts": []any{"verify"}})),
		"github.branch.bypass", Wrong, "check: administrators are exempt", nil},
	{"no CODEOWNERS", refuse(repo+"/contents/.github/CODEOWNERS", 404, "Not Found"), "github.branch.owned", Wrong, "main has no CODEOWNERS", nil},
	{"nobody owns the gate", set(repo+"/contents/.github/CODEOWNERS", "content", "* @acme/all\n/stacks/\n"), "github.branch.owned", Wrong, "nobody owns /stacks/", nil},
	{"an owner who is none", set(repo+"/codeowners/errors", "errors", []any{obj{"line": 3, "kind": "Unknown owner"}}),
		"github.branch.owned", Wrong, "GitHub ignores 1 of its lines; line 3: Unknown owner", nil},
	{"CODEOWNERS not shown", refuse(repo+"/contents/.github/CODEOWNERS", 403, "no"), "github.branch.owned", Unseen, "HTTP 403", nil},
}

// infisicalSettings are those of the two identities.
var infisicalSettings = []one{
	{"another issuer", set(oidc, "identityOidcAuth.boundIssuer", "https://evil.example"), "infisical.production.issuer", Wrong, "the issuer is https://evil.example", nil},
	{"another discovery", set(oidc, "identityOidcAuth.oidcDiscoveryUrl", "https://evil.example"), "infisical.production.issuer", Wrong, "the discovery URL is", nil},
	{"no audience", set(oidc, "identityOidcAuth.boundAudiences", ""), "infisical.production.audience", Wrong, "the audience is nothing", nil},
	{"two audiences", set(oidc, "identityOidcAuth.boundAudiences", "crane:infisical, sts.amazonaws.com"), "infisical.production.audience", Wrong, "sts.amazonaws.com", nil},
	{"a claim is not bound", set(oidc, "identityOidcAuth.boundClaims.event_name", nil), "infisical.production.claims", Wrong, "event_name is not bound", nil},
	{"a claim is a pattern", set(oidc, "identityOidcAuth.boundClaims.ref", "refs/heads/*"), "infisical.production.claims", Wrong, "ref is refs/heads/*", nil},
	{"a claim is a list", set(oidc, "identityOidcAuth.boundClaims.environment", "production, staging"), "infisical.production.claims", Wrong, "environment is production, staging", nil},
	{"no claims", set(oidc, "identityOidcAuth.boundClaims", obj{}), "infisical.production.claims", Wrong, "workflow_ref is not bound", nil},
	{"another workflow", set(oidc, "identityOidcAuth.boundClaims.workflow_ref", "acme/crane/.github/workflows/deploy.yml@refs/heads/main"),
		"infisical.production.claims", Wrong, "workflow_ref is acme/crane/.github/workflows/deploy.yml", nil},
	{"tokens of a month", set(oidc, "identityOidcAuth.accessTokenTTL", 2592000), "infisical.production.life", Wrong, "TTL 2592000 s, max TTL 900 s", nil},
	{"renewed for a month", set(oidc, "identityOidcAuth.accessTokenMaxTTL", 2592000), "infisical.production.life", Wrong, "max TTL 2592000 s", nil},
	{"tokens without end", set(oidc, "identityOidcAuth.accessTokenMaxTTL", 0), "infisical.production.life", Wrong, "max TTL 0 s", nil},
	{"life not said", set(oidc, "identityOidcAuth.accessTokenTTL", nil), "infisical.production.life", Unseen, "cannot be understood", nil},
	{"any number of uses", set(oidc, "identityOidcAuth.accessTokenNumUsesLimit", 0), "infisical.production.uses", Wrong, "any number", nil},
	{"many uses", set(oidc, "identityOidcAuth.accessTokenNumUsesLimit", 100), "infisical.production.uses", Wrong, "100", nil},
	{"uses not said", set(oidc, "identityOidcAuth.accessTokenNumUsesLimit", nil), "infisical.production.uses", Unseen, "cannot be understood", nil},
	{"a role of Infisical's", set(member+"production", "identityMembership.roles", []any{obj{"role": "admin"}}), "infisical.production.role", Wrong, "it lists admin", nil},
	{"a second role", set(member+"staging", "identityMembership.roles", []any{obj{"role": "custom", "customRoleSlug": "crane-staging"}, obj{"role": "member"}}),
		"infisical.staging.role", Wrong, "it lists crane-staging, member", nil},
	{"another identity's settings", set(universal, "identityUniversalAuth.clientId", "client-other"), "infisical.staging.identity", Wrong,
		"identity-staging has the client id client-other, and client-staging logs in", ofStaging},
	{"another client logs in", func(p *patient) { p.client = "client-other" }, "infisical.staging.identity", Wrong,
		"identity-staging has the client id client-staging, and client-other logs in", ofStaging},
	{"whose settings is not said", set(universal, "identityUniversalAuth.clientId", nil), "infisical.staging.identity", Unseen, "cannot be understood", ofStaging},
	{"membership not shown", refuse(member+"production", 403, "not allowed"), "infisical.production.role", Unseen, "HTTP 403: not allowed", nil},

	{"staging reads production", set("/infisical/api/v4/secrets?environment=prod", "", obj{"secrets": []any{}}), "infisical.staging.isolation", Wrong, "it lists prod:/alpha", nil},
	{"the probe is not answered", refuse("/infisical/api/v4/secrets?environment=prod", 500, "oh"), "infisical.staging.isolation", Unseen, "HTTP 500", nil},
	{"the probe finds nothing", refuse("/infisical/api/v4/secrets?environment=prod", 404, "no folder"), "infisical.staging.isolation", Unseen, "HTTP 404: no folder", nil},
	{"staging reads nothing", refuse("/infisical/api/v4/secrets?environment=dev", 403, "no"), "infisical.staging.isolation", Unseen, "staging's own secrets could not be listed", nil},
	{"staging's tokens of a month", set(universal, "identityUniversalAuth.accessTokenTTL", 2592000), "infisical.staging.life", Wrong, "TTL 2592000 s", nil},
	{"staging's tokens for ever", set(universal, "identityUniversalAuth.accessTokenPeriod", 60), "infisical.staging.life", Wrong, "renewed for ever", nil},
	{"a long login, settings not shown", all(refuse(universal, 403, "no"), set(login, "accessTokenMaxTTL", 2592000)), "infisical.staging.life", Wrong, "max TTL 2592000 s", untold},
	{"a short login, settings not shown", refuse(universal, 403, "no"), "infisical.staging.life", Unseen, "HTTP 403: no", untold},
	{"a client secret without end", set(universal+"/client-secrets", "clientSecretData.0.clientSecretTTL", 0), "infisical.staging.secret", Wrong, `"deploy" of 2026-11-01 has no end`, nil},
	{"a client secret of a year", set(universal+"/client-secrets", "clientSecretData.0.clientSecretTTL", 31536000), "infisical.staging.secret", Wrong, "lives 365 days", nil},
	{"an old client secret", set(universal+"/client-secrets", "clientSecretData.1.isClientSecretRevoked", false), "infisical.staging.secret", Wrong, `"old" of 2026-01-01 has no end`, nil},
	{"no client secret", set(universal+"/client-secrets", "clientSecretData", []any{}), "infisical.staging.secret", Unseen, "cannot be understood", nil},
}

func granted(path string) func(*patient) { return func(p *patient) { p.Grant(theirs + path) } }

// cloudflareSettings are those of accounts, tokens and databases.
var cloudflareSettings = []one{
	{"one account", func(p *patient) {
		p.Accounts["production"] = doctortest.StagingAccount
	}, "cloudflare.accounts", Wrong, "Pulumi.production.yaml has account 0c4a5e00000000000000000000000051", []string{"cloudflare.isolation", "backup.production.restore"}},
	{"no account", func(p *patient) { delete(p.Accounts, "staging") }, "cloudflare.accounts", Wrong, "Pulumi.staging.yaml has account nothing",
		[]string{"cloudflare.isolation", "cloudflare.token", "backup.staging.restore"}},
	{"staging's token reads production's databases", granted("/d1/database"), "cloudflare.isolation", Wrong, "it lists production's databases", nil},
	{"staging's token reads production's scripts", granted("/workers/scripts"), "cloudflare.isolation", Wrong, "it lists production's scripts", nil},
	{"the probe is lost", all(granted("/d1/database"), refuse(theirs+"/d1/database", 500, "oh"), func(p *patient) { p.withProduction = false }),
		"cloudflare.isolation", Unseen, "HTTP 500: oh", []string{"backup.production.restore"}},
	{"the probe finds no such account", all(granted("/workers/scripts"), refuse(theirs+"/workers/scripts", 404, "Could not route")),
		"cloudflare.isolation", Unseen, "HTTP 404: Could not route", nil},
	{"the token is good for nothing", refuse(mine+"/workers/scripts", 403, "Authentication error"), "cloudflare.isolation", Unseen,
		"the scripts of staging's own account could not be listed", nil},
	{"the token is disabled", set(mine+"/tokens/verify", "result.status", "disabled"), "cloudflare.token", Wrong, "it is disabled", nil},
	{"the token has no end", set(mine+"/tokens/verify", "result.expires_on", nil), "cloudflare.token", Weak, "has no end", nil},
	{"the token ends", set(mine+"/tokens/verify", "result.expires_on", "2020-01-01T00:00:00Z"), "cloudflare.token", Weak, "it ends on 2020-01-01", nil},
	{"a failure that says 200", set(mine+"/tokens/verify", "success", false), "cloudflare.token", Unseen, "", nil},
	{"a database is gone", set(mine+"/d1/database", "result", []any{}), "backup.staging.restore", Wrong, "0 of the 1 that the state has are on Cloudflare", nil},
	{"no restore point", set(mine+"/d1/database/s1/time_travel/bookmark", "result.bookmark", ""), "backup.staging.restore", Unseen, "api-db-staging: the answer", nil},
	{"no restore point on production", refuse(theirs+"/d1/database/p1/time_travel/bookmark", 500, "oh"), "backup.production.restore", Unseen, "api-db-prod: Cloudflare answered HTTP 500", nil},
}

// strip changes one resource of production's state.
func strip(n int, key string, value any) func(*patient) {
	return func(p *patient) { resourceOf(p.states["production"], n)[key] = value }
}

// stateSettings are what the states hold.
var stateSettings = []one{
	{"a database without protect", strip(theDatabase, "protect", false), "state.production.latches", Wrong, "api-d1 lacks protect", nil},
	{"a database without retain", strip(theDatabase, "retainOnDelete", false), "state.production.latches", Wrong, "api-d1 lacks retain on delete", nil},
	{"a database without the hook", strip(theDatabase, "resourceHooks", nil), "state.production.latches", Wrong, "api-d1 lacks the hook crane-latch", nil},
	{"a script without protect", strip(theScript, "protect", false), "state.production.latches", Wrong, "api-script lacks protect", nil},
	{"a script with another hook", strip(theScript, "resourceHooks", obj{"BeforeDelete": []any{"other"}}), "state.production.latches", Wrong, "api-script lacks the hook", nil},
	{"a hook after the delete", strip(theScript, "resourceHooks", obj{"AfterDelete": []any{"crane-latch"}}), "state.production.latches", Wrong, "api-script lacks the hook", nil},
	{"migrations without the hook", strip(theMigrations, "resourceHooks", nil), "state.production.latches", Wrong, "api-migrations lacks the hook", nil},
	{"a retired database without the hook", all(strip(theDatabase, "resourceHooks", nil), strip(theDatabase, "protect", false),
		func(p *patient) { p.Retire.Databases = []string{"api"} }), "state.production.latches", Wrong, "api-d1 lacks the hook crane-latch", nil},
	{"no canary", strip(theStack, "outputs", obj{"databases": obj{}}), "state.production.canary", Wrong, "no secret output canary", nil},
	{"a canary in the clear", strip(theStack, "outputs", obj{"canary": "text"}), "state.production.canary", Wrong, "no secret output canary", nil},
	{"a database was dropped", func(p *patient) { without(p.states["production"], theDatabase) }, "state.production.databases", Wrong, "it has lost api", []string{"state.production.bookmark"}},
	{"a database was dropped from staging", func(p *patient) { without(p.states["staging"], theDatabase) }, "state.staging.databases", Wrong, "it has lost api", nil},
	{"a database that was never deployed", func(p *patient) {
		p.Fleet.Databases = append(p.Fleet.Databases, stacks.Database{Name: "new"})
	}, "state.production.databases", Weak, "it never had new: an update of production is due", []string{"state.staging.databases"}},
	{"another database", func(p *patient) {
		resourceOf(p.states["production"], theMigrations)["outputs"].(obj)["bookmark"] = "00000009-0"
	},
		"backup.production.restore", Wrong, "so it is another database", nil},
	{"no key to production's state", func(p *patient) { delete(p.states, "production") }, "state.production.latches", Unseen, "not readable here",
		[]string{"state.production.canary", "state.production.databases", "state.production.bookmark"}},
	{"a broken state", func(p *patient) { p.states["staging"]["deployment"] = "x" }, "state.staging.databases", Unseen, "cannot be understood", nil},
}
