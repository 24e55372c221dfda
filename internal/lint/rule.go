package lint

import (
	"fmt"
	"slices"
	"strings"
)

// Rule is one thing that Check looks for.
type Rule struct {
	// ID is what an acknowledgement names.
	ID       string
	Level    Level
	Sentence string
	// Rewrite is what to write instead.
	Rewrite string
	// Case has the finding, Near is the closest thing that has not.
	Case, Near Example

	// text looks at the file before its statements, at looks at a statement,
	// cause tells that a refusal by SQLite is this rule's, end looks at the file
	// after its statements. Each rule has one or two of them.
	text  func(*checker, reporter)
	at    func(*checker, *step, reporter)
	cause func(*step, string) bool
	end   func(*checker, reporter)
}

// Acknowledgement is the line of a file that accepts a finding of this rule, with
// a place for the reason; empty for a rule that cannot be acknowledged.
func (r Rule) Acknowledgement() string {
	if r.Level != Risk {
		return ""
	}
	return "-- " + mark + " " + r.ID + " <reason>"
}

// Example is a migration and what D1's engine does with it.
type Example struct {
	// Schema is what is there, Rows fills it, File is the migration.
	Schema, Rows, File string
	// Empty and Full are what the engine does without and with the rows: "ok",
	// "loses <table>", "nulls <table>", "orphans", a part of its error message, or
	// "production only" where only Cloudflare's own endpoint fails.
	Empty, Full string
}

// rules are all there are, in the order in which they are explained. They are
// set at the start, because their functions use them.
var rules []*Rule

func init() {
	for _, group := range [][]Rule{legality, bodies, columns, constraints, losses, copying, contract, pragmas, acceptance} {
		for i := range group {
			rules = append(rules, &group[i])
		}
	}
}

// Rules gives all rules.
func Rules() []Rule {
	all := make([]Rule, len(rules))
	for i, r := range rules {
		all[i] = *r
		all[i].Rewrite = fill(r.Rewrite, "users", "email")
	}
	return all
}

// Explain finds a rule. For one that there is not it gives ErrUnknownRule.
func Explain(id string) (Rule, error) {
	for _, r := range Rules() {
		if r.ID == id {
			return r, nil
		}
	}
	return Rule{}, fmt.Errorf("%w %q; there are: %s", ErrUnknownRule, id, strings.Join(ids(), ", "))
}

func ids() []string {
	all := make([]string, len(rules))
	for i, r := range rules {
		all[i] = r.ID
	}
	slices.Sort(all)
	return all
}

// ruleOf is a rule that is known to be there, or nil.
func ruleOf(id string) *Rule {
	for _, r := range rules {
		if r.ID == id {
			return r
		}
	}
	return nil
}
