package doctortest

import "strings"

// The accounts, and what is declared of the repository.
const (
	StagingAccount    = "0c4a5e00000000000000000000000051"
	ProductionAccount = "0c4a5e000000000000000000000000b2"
	Repository        = "acme/crane"
)

// Repo is where the repository is.
const Repo = "/github/repos/" + Repository

// gitHub is in the shapes of https://docs.github.com/en/rest: repos/repos,
// deployments/environments, deployments/branch-policies, repos/rules,
// branches/branch-protection, actions/permissions, actions/secrets,
// collaborators/collaborators and repos/contents.
var gitHub = map[string]string{
	Repo: `{"id":700000001,"node_id":"R_1","name":"crane","full_name":"acme/crane","private":false,"visibility":"public",
		"default_branch":"main","owner":{"login":"acme","id":600001,"type":"Organization"}}`,
	"/github/orgs/acme":    `{"login":"acme","id":600001,"plan":{"name":"team","space":976562499,"private_repos":9999}}`,
	Repo + "/environments": `{"total_count":2,"environments":[{"id":1,"name":"production"},{"id":2,"name":"staging"}]}`,
	Repo + "/environments/production": `{"id":1,"name":"production","can_admins_bypass":false,
		"protection_rules":[
			{"id":11,"node_id":"GA_1","type":"required_reviewers","prevent_self_review":true,"reviewers":[
				{"type":"User","reviewer":{"login":"bo","id":2,"type":"User"}},
				{"type":"User","reviewer":{"login":"cy","id":3,"type":"User"}}]},
			{"id":12,"node_id":"GA_2","type":"branch_policy"}],
		"deployment_branch_policy":{"protected_branches":false,"custom_branch_policies":true}}`,
	Repo + "/environments/staging": `{"id":2,"name":"staging","can_admins_bypass":true,"protection_rules":[{"id":21,"type":"branch_policy"}],
		"deployment_branch_policy":{"protected_branches":false,"custom_branch_policies":true}}`,
	Repo + "/environments/production/deployment-branch-policies": `{"total_count":1,"branch_policies":[{"id":31,"name":"main","type":"branch"}]}`,
	Repo + "/environments/staging/deployment-branch-policies":    `{"total_count":1,"branch_policies":[{"id":32,"name":"main","type":"branch"}]}`,
	Repo + "/environments/production/secrets":                    `{"total_count":0,"secrets":[]}`,
	Repo + "/actions/secrets":                                    `{"total_count":0,"secrets":[]}`,
	Repo + "/actions/organization-secrets":                       `{"total_count":0,"secrets":[]}`,
	Repo + "/actions/permissions":                                `{"enabled":true,"allowed_actions":"all","sha_pinning_required":true}`,
	Repo + "/actions/permissions/selected-actions":               `{"github_owned_allowed":true,"verified_allowed":false,"patterns_allowed":[]}`,
	Repo + "/actions/permissions/workflow":                       `{"default_workflow_permissions":"read","can_approve_pull_request_reviews":false}`,
	Repo + "/branches/main":                                      `{"name":"main","protected":true,"commit":{"sha":"0000000000000000000000000000000000000000"}}`,
	Repo + "/branches/main/protection": `{"url":"u","enforce_admins":{"url":"u","enabled":false},
		"allow_force_pushes":{"enabled":true},"allow_deletions":{"enabled":true}}`,
	Repo + "/rules/branches/main": `[
		{"type":"deletion","ruleset_source_type":"Repository","ruleset_source":"acme/crane","ruleset_id":41},
		{"type":"non_fast_forward","ruleset_source_type":"Repository","ruleset_source":"acme/crane","ruleset_id":41},
		{"type":"pull_request","ruleset_source_type":"Repository","ruleset_source":"acme/crane","ruleset_id":41,"parameters":{
			"required_approving_review_count":1,"dismiss_stale_reviews_on_push":true,"require_code_owner_review":true,
			"require_last_push_approval":true,"required_review_thread_resolution":false}},
		{"type":"required_status_checks","ruleset_source_type":"Repository","ruleset_source":"acme/crane","ruleset_id":41,"parameters":{
			"required_status_checks":[{"context":"verify","integration_id":15368}],"strict_required_status_checks_policy":true}}]`,
	Repo + "/rulesets/41": `{"id":41,"name":"main","target":"branch","enforcement":"active","source":"acme/crane","bypass_actors":[],"rules":[]}`,
	Repo + "/collaborators": `[{"login":"ann","id":1,"permissions":{"admin":true,"push":true,"pull":true}},
		{"login":"bo","id":2,"permissions":{"admin":false,"push":true,"pull":true}},
		{"login":"dee","id":4,"permissions":{"admin":false,"push":false,"pull":true}}]`,
	Repo + "/codeowners/errors":           `{"errors":[]}`,
	Repo + "/contents/.github/CODEOWNERS": contents("* @acme/all\n/.github/ @bo\n/stacks/ @bo @cy\n"),
}

// contents is a file as the API has it, in one piece.
func contents(text string) string {
	escaped := strings.ReplaceAll(text, "\n", `\n`)
	return `{"type":"file","encoding":"","name":"CODEOWNERS","path":".github/CODEOWNERS","size":1,"content":"` + escaped + `"}`
}

// infisical is in the shapes of https://infisical.com/docs/api-reference/endpoints:
// universal-auth, oidc-auth, project-identities-membership, secrets.
var infisical = map[string]string{
	"/infisical/api/v1/auth/universal-auth/login": `{"accessToken":"` + accessToken + `","expiresIn":900,"accessTokenMaxTTL":900,"tokenType":"Bearer"}`,
	"/infisical/api/v1/auth/oidc-auth/identities/identity-production": `{"identityOidcAuth":{"id":"1","identityId":"identity-production",
		"oidcDiscoveryUrl":"https://token.actions.githubusercontent.com","boundIssuer":"https://token.actions.githubusercontent.com",
		"boundAudiences":"crane:infisical","boundSubject":"","caCert":"","claimMetadataMapping":null,"boundClaims":{
			"repository_id":"700000001","repository_owner_id":"600001","environment":"production","ref":"refs/heads/main","ref_type":"branch",
			"workflow_ref":"acme/crane/.github/workflows/promote.yml@refs/heads/main","event_name":"workflow_dispatch","runner_environment":"github-hosted"},
		"accessTokenTTL":900,"accessTokenMaxTTL":900,"accessTokenNumUsesLimit":10,"accessTokenTrustedIps":[{"ipAddress":"0.0.0.0","type":"ipv4","prefix":0}]}}`,
	"/infisical/api/v1/auth/universal-auth/identities/identity-staging": `{"identityUniversalAuth":{"id":"2","clientId":"client-staging",
		"identityId":"identity-staging","accessTokenTTL":900,"accessTokenMaxTTL":900,"accessTokenNumUsesLimit":0,"accessTokenPeriod":0}}`,
	"/infisical/api/v1/auth/universal-auth/identities/identity-staging/client-secrets": `{"clientSecretData":[
		{"id":"3","createdAt":"2026-11-01T00:00:00.000Z","description":"deploy","clientSecretPrefix":"clie","clientSecretNumUses":7,
			"clientSecretNumUsesLimit":0,"clientSecretTTL":2592000,"isClientSecretRevoked":false},
		{"id":"4","createdAt":"2026-01-01T00:00:00.000Z","description":"old","clientSecretPrefix":"old0","clientSecretNumUses":9,
			"clientSecretNumUsesLimit":0,"clientSecretTTL":0,"isClientSecretRevoked":true}]}`,
	"/infisical/api/v1/projects/project/memberships/identities/identity-production": membership("crane-production"),
	"/infisical/api/v1/projects/project/memberships/identities/identity-staging":    membership("crane-staging"),
	"/infisical/api/v4/secrets?environment=dev":                                     `{"secrets":[],"imports":[]}`,
}

func membership(role string) string {
	return `{"identityMembership":{"id":"5","roles":[{"id":"6","role":"custom","customRoleSlug":"` + role + `","isTemporary":false}],
		"identity":{"id":"7","name":"x"}}}`
}

// cloudflare is in the shapes of https://developers.cloudflare.com/api.
var cloudflare = map[string]string{
	account(StagingAccount, "/tokens/verify"):                          enveloped(`{"id":"t","status":"active","not_before":"2026-01-01T00:00:00Z","expires_on":"2999-01-01T00:00:00Z"}`),
	account(StagingAccount, "/workers/scripts"):                        enveloped(`[{"id":"api-staging"}]`),
	account(StagingAccount, "/d1/database"):                            enveloped(`[{"uuid":"s1","name":"api-db-staging","version":"production"}]`),
	account(StagingAccount, "/d1/database/s1/time_travel/bookmark"):    enveloped(`{"bookmark":"00000001-00000002-00004cf1-0123"}`),
	account(ProductionAccount, "/workers/scripts"):                     enveloped(`[{"id":"api"}]`),
	account(ProductionAccount, "/d1/database"):                         enveloped(`[{"uuid":"p1","name":"api-db-prod","version":"production"}]`),
	account(ProductionAccount, "/d1/database/p1/time_travel/bookmark"): enveloped(`{"bookmark":"00000003-00000004-00004cf1-0123"}`),
}

func account(id, path string) string { return "/client/v4/accounts/" + id + path }

func enveloped(result string) string {
	return `{"success":true,"errors":[],"messages":[],"result":` + result + `}`
}
