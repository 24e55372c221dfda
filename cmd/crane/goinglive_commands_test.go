package main

import (
	"bytes"
	"context"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"crane/internal/workflow"
	"crane/stacks"
)

var (
	substituted = regexp.MustCompile(`\$\(([^()]*)\)`)
	quotedText  = regexp.MustCompile(`"[^"]*"|'[^']*'`)
	separator   = regexp.MustCompile(`\n|;|\||&&`)
	setVariable = regexp.MustCompile(`^(export )?\w+=\S* *`)
)

// commandsOf are the simple commands of a script, without what is quoted.
func commandsOf(script string) []string {
	script = strings.ReplaceAll(script, "\\\n", " ")
	var all []string
	for _, inner := range substituted.FindAllStringSubmatch(script, -1) {
		all = append(all, commandsOf(inner[1])...)
	}
	script = quotedText.ReplaceAllString(substituted.ReplaceAllString(script, "X"), "X")
	for _, c := range separator.Split(script, -1) {
		c = strings.TrimPrefix(strings.TrimSpace(c), "do ")
		for setVariable.MatchString(c) {
			c = setVariable.ReplaceAllString(c, "")
		}
		if c != "" && c != "do" && c != "done" && !strings.HasPrefix(c, "for ") {
			all = append(all, c)
		}
	}
	return all
}

// tools are not asked for their help: they are everywhere, or not here.
var liveTools = []string{"git", "curl", "jq", "openssl", "cat", "cd", "eval", "grep", "ls", "mkdir", "mktemp", "rm"}

// command holds one command against its program's help.
func (p *livePage) command(text string) {
	words := strings.Fields(text)
	program, args := filepath.Base(words[0]), words[1:]
	switch {
	case program == "crane":
		p.crane(args)
	case program == "make":
		if !regexp.MustCompile(`(?m)^` + regexp.QuoteMeta(args[0]) + `:.*## `).MatchString(p.makefile) {
			p.say("make has no %s", args[0])
		}
	case program == "pulumi":
		p.pulumiCommand(args)
	case program == "npx" && args[0] == "wrangler":
		p.wrangler(args[1:])
	case program == "gh":
		p.gh(text, args)
	case !slices.Contains(liveTools, program):
		p.say("nobody knows the command %s", program)
	}
}

// flagsOf are the flags among words, without their values.
func flagsOf(words []string) []string {
	var flags []string
	for _, w := range words {
		if strings.HasPrefix(w, "-") {
			name, _, _ := strings.Cut(w, "=")
			flags = append(flags, name)
		}
	}
	return flags
}

func (p *livePage) flags(command, help string, words []string) {
	for _, f := range flagsOf(words) {
		if !regexp.MustCompile(`(^|[^\w-])` + regexp.QuoteMeta(f) + `([^\w-]|$)`).MatchString(help) {
			p.say("%s has no %s", command, f)
		}
	}
}

func (p *livePage) crane(args []string) {
	var help, failed bytes.Buffer
	w := world{stdout: &help, stderr: &failed}
	if !slices.ContainsFunc(verbs(), func(v verb) bool { return v.name == args[0] }) {
		p.say("%q is no command of crane", args[0])
		return
	}
	w.run(context.Background(), []string{"help", args[0]})
	if len(args) > 1 && !strings.HasPrefix(args[1], "-") && !regexp.MustCompile(`\b`+regexp.QuoteMeta(args[1])+`\b`).MatchString(help.String()) {
		p.say("crane %s has no %s", args[0], args[1])
	}
	p.flags("crane "+args[0], help.String(), args[1:])
}

// pulumiCommand asks the CLI, which answers for a group when there is no such
// command in it.
func (p *livePage) pulumiCommand(args []string) {
	path := args[:1]
	help := p.help(p.pulumi, path...)
	for len(args) > len(path) && !strings.HasPrefix(args[len(path)], "-") && strings.Contains(help, "Available Commands") {
		next := args[:len(path)+1]
		if help = p.help(p.pulumi, next...); !strings.Contains(help, "pulumi "+strings.Join(next, " ")) {
			p.say("pulumi %s has no %s", strings.Join(path, " "), args[len(path)])
			return
		}
		path = next
	}
	p.flags("pulumi "+strings.Join(path, " "), help, args)
}

func (p *livePage) wrangler(args []string) {
	command := "wrangler " + strings.Join(args[:2], " ")
	help := p.help(filepath.Join(p.root.Workers(), "node_modules", ".bin", "wrangler"), args[:2]...)
	if !strings.Contains(help, command+" <") {
		p.say("there is no %s", command)
	}
	p.flags(command, help, args)
	isDatabase := func(d stacks.Database) bool { return stacks.Production.Database(d.Name) == args[2] }
	if args[0] == "d1" && !slices.ContainsFunc(stacks.Default().Databases, isDatabase) {
		p.say("%s is no database of production", args[2])
	}
}

// ghCommands are those of GitHub's command line that are used, with their flags;
// it is not here to be asked.
var ghCommands = map[string][]string{
	"run list": {"--workflow", "--branch"}, "run watch": {}, "run rerun": {},
	"secret set": {"--env", "--repo"}, "workflow run": {"--ref", "-f"}, "api": nil,
}

func (p *livePage) gh(text string, args []string) {
	if args[0] == "api" {
		if !slices.ContainsFunc(p.fixes(), func(fix string) bool { return fix == text }) {
			p.say("crane doctor does not say: %s", text)
		}
		return
	}
	command := strings.Join(args[:2], " ")
	known, ok := ghCommands[command]
	if !ok {
		p.say("gh %s is not known", command)
		return
	}
	for _, f := range flagsOf(args) {
		if !slices.Contains(known, f) {
			p.say("gh %s is not known to have %s", command, f)
		}
	}
	p.ghValues(command, args[2:])
}

// ghValues are the names of ours in such a command.
func (p *livePage) ghValues(command string, args []string) {
	want := map[string]string{
		"--ref": stacks.ProductionGate.Branch, "--branch": stacks.ProductionGate.Branch, "--repo": p.gate().Repository,
		"--env": stacks.ProductionGate.Deploy.Environment, "--workflow": stacks.ProductionGate.Deploy.File,
	}
	var inputs []string
	for _, trigger := range p.dispatched(command, args) {
		for _, s := range trigger.Settings {
			inputs = append(inputs, strings.Split(s, ".")[1])
		}
	}
	for i, a := range args[:max(len(args)-1, 0)] {
		if v, ok := want[a]; ok && v != args[i+1] {
			p.say("%s is not %s", a, v)
		}
		if name, _, _ := strings.Cut(args[i+1], "="); a == "-f" && !slices.Contains(inputs, name) {
			p.say("%s has no input %s", args[0], name)
		}
	}
}

// dispatched is the trigger of the workflow that a person starts.
func (p *livePage) dispatched(command string, args []string) []workflow.Trigger {
	if command != "workflow run" {
		return nil
	}
	for _, trigger := range p.workflows[args[0]].Triggers {
		if trigger.Event == "workflow_dispatch" {
			return []workflow.Trigger{trigger}
		}
	}
	p.say("%s cannot be started", args[0])
	return nil
}
