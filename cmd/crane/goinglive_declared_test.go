package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"net/url"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"

	"crane/internal/gate"
	"crane/internal/project"
	"crane/internal/secrets"
	"crane/stacks"
)

// code are declarations of package stacks: text for the fields that it gives.
func (p *livePage) code(text string) {
	file, err := parser.ParseFile(token.NewFileSet(), "", "package stacks\n"+text, 0)
	if err != nil {
		p.say("%q does not parse: %v", text, err)
		return
	}
	types := map[string]reflect.Type{
		"Stack": reflect.TypeFor[stacks.Stack](), "Gate": reflect.TypeFor[stacks.Gate](), "Protection": reflect.TypeFor[stacks.Protection](),
	}
	ast.Inspect(file, func(n ast.Node) bool {
		v, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if !p.declared[v.Names[0].Name] {
			p.say("stacks declares no %s", v.Names[0].Name)
		}
		literal := v.Values[0].(*ast.CompositeLit)
		p.fields[v.Names[0].Name] = map[string]string{}
		for _, e := range literal.Elts {
			pair := e.(*ast.KeyValueExpr)
			name := pair.Key.(*ast.Ident).Name
			if _, ok := types[fmt.Sprint(literal.Type)].FieldByName(name); !ok {
				p.say("%s has no field %s", literal.Type, name)
			}
			if value, ok := pair.Value.(*ast.BasicLit); ok {
				p.fields[v.Names[0].Name][name], _ = strconv.Unquote(value.Value)
			}
		}
		return false
	})
}

// gate is the gate of production with what the page puts into it.
func (p *livePage) gate() stacks.Gate {
	g := stacks.ProductionGate
	for name, value := range p.fields["ProductionGate"] {
		if f := reflect.ValueOf(&g).Elem().FieldByName(name); f.IsValid() {
			f.SetString(value)
		}
	}
	return g
}

// declarations are what the blocks come to together.
func (p *livePage) declarations() {
	if _, err := gate.Compile(p.gate(), gate.Where{APIHost: "api.cloudflare.com", Infisical: "https://eu.infisical.com"}); err != nil {
		p.say("the gate cannot be used: %v", err)
	}
	for stack, name := range map[string]string{"staging": "Staging", "production": "Production"} {
		at, err := url.Parse(p.fields[name]["Backend"])
		if err != nil || at.Scheme != "s3" {
			p.say("the state of %s is not in a bucket", stack)
			continue
		}
		if !strings.HasPrefix(at.Query().Get("endpoint"), "https://"+p.fields[name]["AccountID"]+".") {
			p.say("the state of %s is not on its account", stack)
		}
		for key := range at.Query() {
			if !slices.Contains([]string{"endpoint", "region", "s3ForcePathStyle"}, key) {
				p.say("Pulumi takes no %s", key)
			}
		}
	}
}

// stackOf is the stack whose file a block is.
func stackOf(text string) string {
	name, _, _ := strings.Cut(strings.TrimPrefix(text, "# "), ".")
	return strings.ToLower(name)
}

// stackFile reads a block as crane reads the file.
func (p *livePage) stackFile(text string) {
	var file struct{ Config map[string]string }
	if err := yaml.Unmarshal([]byte(text), &file); err != nil {
		p.say("%v", err)
	}
	for key := range file.Config {
		if !slices.Contains(p.keys, key) {
			p.say("Pulumi.yaml describes no %s", key)
		}
	}
	dir, err := os.MkdirTemp("", "goinglive")
	if err != nil {
		p.say("%v", err)
		return
	}
	defer os.RemoveAll(dir)
	l, stack := project.Layout{Root: dir}, stackOf(text)
	err = os.WriteFile(l.StackFile(stack), []byte(text), 0o600)
	s, readErr := l.ReadSettings(stack)
	if err != nil || readErr != nil {
		p.say("%v%v", err, readErr)
		return
	}
	if s.AccountID != p.fields[strings.ToUpper(stack[:1])+stack[1:]]["AccountID"] {
		p.say("Pulumi.%s.yaml has another account than stacks/%s.go", stack, stack)
	}
	d := secrets.Declared{Source: s.Secrets, Site: s.Infisical, Project: s.InfisicalProject, Client: s.InfisicalClient, Identity: s.InfisicalIdentity}
	p.problems = append(p.problems, d.Problems()...)
	if s.Local() || stacks.Loopback(s.Domain) {
		p.say("Pulumi.%s.yaml is on this machine", stack)
	}
}

// shown are lines of the summary of a promotion, in which a title ends with
// what is promoted.
func (p *livePage) shown(text string) {
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		said, _, _ := strings.Cut(line, " 3f9c")
		if !strings.Contains(p.source, strings.TrimPrefix(said, "## ")) {
			p.say("the summary has no %s", line)
		}
	}
}
