package main

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"crane/internal/doctor"
	"crane/internal/workflow"
	"crane/stacks"
)

// fixes are what the doctor says for the gate of the page.
func (p *livePage) fixes() []string {
	var all []string
	for _, c := range p.checks() {
		all = append(all, c.Fix)
	}
	return all
}

func (p *livePage) checks() []doctor.Check {
	protection := stacks.ProductionProtection
	return doctor.Subject{Gate: p.gate(), Protection: protection, Fleet: stacks.Default(), Issuer: p.gate().Issuer}.Checks()
}

// settings are the tables about Infisical.
func (p *livePage) settings() {
	gate, protection := p.gate(), stacks.ProductionProtection
	for name, want := range map[string]string{
		"OIDC discovery URL, issuer":             gate.Issuer,
		"audiences":                              stacks.SecretsAudience,
		"access token TTL, access token max TTL": fmt.Sprint(int(stacks.TokenLife.Seconds())),
		"access token max number of uses":        fmt.Sprint(protection.Uses),
		"a client secret's TTL":                  fmt.Sprintf("%d days at most", int(protection.SecretLife.Hours())/24),
	} {
		for _, row := range tableRow.FindAllStringSubmatch(p.text, -1) {
			if row[1] == name && strings.Trim(row[2], "`") != want {
				p.say("%s is not %s", name, want)
			}
		}
		if p.tables[name] == "" {
			p.say("there is no row of %s", name)
		}
	}
	var bound []string
	_, rows, _ := strings.Cut(p.text, "| bound claim | value |")
	rows, _, _ = strings.Cut(rows, "\n\n")
	for _, row := range tableRow.FindAllStringSubmatch(rows, -1) {
		if name := strings.Trim(row[1], "`"); !strings.HasPrefix(name, "-") {
			bound = append(bound, name+"="+strings.Trim(row[2], "`"))
		}
	}
	slices.Sort(bound)
	if !slices.ContainsFunc(p.checks(), func(c doctor.Check) bool {
		return c.ID == "infisical.production.claims" && strings.HasSuffix(c.Fix, "each exactly: "+strings.Join(bound, " "))
	}) {
		p.say("the bound claims are not those that crane doctor demands: %s", bound)
	}
	if life := fmt.Sprintf("good for %d days", int(gate.ReceiptLife.Hours())/24); !strings.Contains(p.text, life) {
		p.say("a receipt is %s", life)
	}
}

var secretName = regexp.MustCompile(`secrets\.([A-Z_]+)`)

// read are the secrets that the workflows take from their environment.
func (p *livePage) read() []string {
	names := map[string]bool{}
	for _, f := range p.workflows {
		text, _ := os.ReadFile(filepath.Join(p.root.Root, workflow.Dir, f.Name)) // it was read before
		for _, m := range secretName.FindAllStringSubmatch(string(text), -1) {
			names[m[1]] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}

func secretNames(secrets []stacks.Secret) []string {
	var names []string
	for _, s := range secrets {
		names = append(names, s.Name)
	}
	return names
}

// kept are the secrets and where they are.
func (p *livePage) kept() {
	set := regexp.MustCompile(`gh secret set (\w+)`).FindAllStringSubmatch(p.text, -1)
	var names []string
	for _, m := range set {
		names = append(names, m[1])
	}
	slices.Sort(names)
	if !slices.Equal(names, p.read()) {
		p.say("the secrets that are set are not those that the workflows read: %s", p.read())
	}
	optional := []string{"AWS_SESSION_TOKEN", "AWS_REGION"}
	deploy := slices.DeleteFunc(slices.Clone(deployNames), func(name string) bool { return slices.Contains(optional, name) })
	fleet := stacks.Default()
	for place, want := range map[stacks.Scope][]string{
		stacks.Staging.Secrets: secretNames(fleet.Secrets(stacks.Staging)), stacks.Production.Secrets: secretNames(fleet.Secrets(stacks.Production)),
		stacks.Production.Deploy: deploy,
	} {
		var found []string
		for _, m := range inlineSpan.FindAllStringSubmatch("`"+p.tables[place.String()]+"`", -1) {
			found = append(found, m[1])
		}
		slices.Sort(found)
		slices.Sort(want)
		if !slices.Equal(found, want) {
			p.say("the secrets in %s are %s, not %s", place, want, found)
		}
	}
}

var pageLink = regexp.MustCompile(`\]\(([\w-]*\.?m?d?)(?:#([\w-]+))?\)`)

// links are those to other pages of ours and to headings.
func (p *livePage) links() {
	for _, m := range pageLink.FindAllStringSubmatch(p.text, -1) {
		text := []byte(p.text)
		if m[1] != "" {
			var err error
			if text, err = os.ReadFile(filepath.Join(p.root.Root, "docs", m[1])); err != nil {
				p.say("there is no %s", m[1])
				continue
			}
		}
		headings := strings.ToLower(strings.ReplaceAll(strings.Join(regexp.MustCompile(`(?m)^#+ .*$`).FindAllString(string(text), -1), "\n"), " ", "-"))
		if m[2] != "" && !strings.Contains(headings+"\n", "-"+m[2]+"\n") {
			p.say("there is no heading %s in %s", m[2], m[1])
		}
	}
}
