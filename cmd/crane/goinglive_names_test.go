package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"crane/internal/workflow"
	"crane/stacks"
)

// said are words between backticks that are nobody's name here: of GitHub's,
// Pulumi's, Cloudflare's and the examples'.
var said = []string{
	"*", "-", "@operator", "-f commit=<40 digits>", `-H "Authorization: Bearer $GITHUB_TOKEN"`, "gh", "pulumi", "crane",
	"workers.dev", "<script>.<subdomain>.workers.dev", `"status":"active"`, `"success":false`, "InvalidDigest", "incorrect passphrase", "encryptionsalt", "PULUMI_BACKEND_URL",
	"first", "going-live", "crane-state-staging", "crane-state-production", "Plan: Paid", "official", "present",
}

// span holds one inline text against whatever it looks like.
func (p *livePage) span(text string) {
	first, _, spaced := strings.Cut(text, " ")
	switch {
	case spaced && slices.Contains([]string{"crane", "make", "pulumi", "gh", "npx"}, first):
		p.command(text)
	case slices.Contains(said, text) || p.named(text) || p.placed(text) || spaced && slices.Contains(append(liveTools, "crane"), first):
	case spaced && strings.Contains(p.source, text):
	default:
		p.say("nobody knows `%s`", text)
	}
}

// named are names: of stacks and environments, of secrets, of fields and keys, of
// claims and their values, of artifacts, roles and findings.
func (p *livePage) named(text string) bool {
	g, protection := p.gate(), stacks.ProductionProtection
	names := slices.Concat(p.read(), deployNames, p.keys, secretNames(stacks.Default().Secrets(stacks.Staging)), []string{
		g.Branch, g.Promote.File, g.Deploy.File, g.Promote.Environment, g.Deploy.Environment, g.Repository, g.Issuer,
		stacks.Staging.Env, stacks.Production.Env, protection.Check, protection.StagingRole, protection.ProductionRole, stacks.SecretsAudience,
		p.fields["Staging"]["AccountID"], p.fields["Production"]["AccountID"],
		fmt.Sprint(int(stacks.TokenLife.Seconds())), fmt.Sprint(protection.Uses),
	})
	claims := ""
	for _, c := range p.checks() {
		names = append(names, c.ID)
		if c.ID == "infisical.production.claims" {
			claims = c.Fix
		}
	}
	published := regexp.MustCompile(`(?m)name: ` + regexp.QuoteMeta(text) + `$`)
	for name := range p.workflows {
		file, _ := os.ReadFile(filepath.Join(p.root.Root, workflow.Dir, name)) // it was read before
		if name == text || published.Match(file) {
			return true
		}
	}
	return slices.Contains(names, text) || p.declared[text] || claims != "" &&
		regexp.MustCompile(`[ =]`+regexp.QuoteMeta(text)+`( |=|$)`).MatchString(claims)
}

// placed are places: in the repository, in Infisical, in a bucket, and on a
// laptop.
func (p *livePage) placed(text string) bool {
	for _, s := range []stacks.Scope{stacks.Staging.Secrets, stacks.Production.Secrets, stacks.Production.Deploy} {
		if text == s.String() || text == s.Path {
			return true
		}
	}
	files, _ := filepath.Glob(filepath.Join(p.root.Root, text))
	elsewhere := []string{"~/going-live", "https://", "s3://", ".crane/"}
	return len(files) > 0 || slices.ContainsFunc(elsewhere, func(start string) bool { return strings.HasPrefix(text, start) })
}
