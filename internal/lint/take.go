package lint

import (
	"errors"
	"slices"

	"crane/internal/scratch"
	"crane/internal/statement"
)

// take runs one statement and applies the rules to it.
func (c *checker) take(text statement.Statement) {
	s := &step{index: len(c.steps), text: text, tokens: statement.Tokens(text.Text), before: c.now, after: c.now}
	s.shape = shapeOf(s.tokens)
	c.steps = append(c.steps, s)
	var err error
	if s.effect, err = c.db.Run(c.ctx, text.Text); err != nil {
		c.refused(s, err)
		return
	}
	if s.after, c.failed = c.after(s); c.failed != nil {
		return
	}
	c.relate(s)
	for _, rule := range rules {
		if rule.at != nil {
			rule.at(c, s, reporter{c, rule})
		}
	}
	c.follow(s)
	c.now = s.after
}

// after reads what there is after a statement.
func (c *checker) after(s *step) (*scratch.Snapshot, error) {
	switch {
	case s.verb == "CREATE" || s.verb == "DROP":
		return c.db.After(c.ctx, c.now, s.verb, scratch.Key(lower(s.kind), s.name))
	case s.verb == "ALTER" && (s.kind == "ADD" || s.kind == "DROP"):
		return c.db.After(c.ctx, c.now, s.verb, scratch.Key("table", s.name))
	case s.verb == "ALTER":
		return c.db.Snapshot(c.ctx)
	default:
		return c.now, nil
	}
}

// relate fills in what the statement does to other tables.
func (c *checker) relate(s *step) {
	if o, there := s.before.Objects[scratch.Key(lower(s.kind), s.name)]; there && s.verb == "DROP" && (s.kind == "INDEX" || s.kind == "TRIGGER") {
		s.table = lower(o.Table)
	}
	s.old = c.was[s.table]
	s.replaced = c.replaced(s)
	var lost []string
	for _, parent := range s.parents() {
		if c.hasRows(parent) {
			f := c.family(s, parent)
			lost = append(lost, f.lost...)
			if s.isDrop() && parent == s.table {
				s.holding, s.deferred = f.holding, c.deferred
			}
		}
	}
	s.lost = c.oldNames(lost)
	s.copied = c.oldNames(slices.DeleteFunc(lost, func(name string) bool { return c.was[name] != "" }))
}

// refused says why SQLite did not take a statement, by the rule that knows.
func (c *checker) refused(s *step, err error) {
	known, ok := errors.AsType[*scratch.RefusedError](err)
	if !ok {
		c.failed = err
		return
	}
	c.stopped = true
	for _, rule := range rules {
		if rule.cause != nil && rule.cause(s, known.Message) {
			c.refuse(s, rule, explain(s, known.Message))
			return
		}
	}
	c.refuse(s, ruleOf("refused"), known.Message)
}

// refuse reports a refusal, unless the rule has seen it coming.
func (c *checker) refuse(s *step, rule *Rule, message string) {
	if !slices.ContainsFunc(c.findings, func(f Finding) bool { return f.Rule == rule.ID && f.Line == s.text.Line }) {
		reporter{c, rule}.at(s, "%s", message)
	}
}

func explain(s *step, message string) string {
	if len(s.effect.Denied) > 0 {
		return "D1 does not allow " + s.effect.Denied[0]
	}
	return message
}
