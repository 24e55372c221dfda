package lint

import (
	"slices"

	"crane/internal/scratch"
)

// pragmas are the rules about those that D1 allows and that mislead.
var pragmas = []Rule{
	{
		ID: "foreign-keys-off", Level: Note,
		Sentence: "PRAGMA foreign_keys does nothing within a transaction, and D1 runs each file in one.",
		Rewrite:  "leave it out",
		Case:     Example{family1 + "NO ACTION);", rows1, "PRAGMA foreign_keys = OFF;\nCREATE TABLE t (a);\nPRAGMA foreign_keys = ON;\n", "ok", "ok"},
		Near:     Example{family1 + "NO ACTION);", rows1, "PRAGMA foreign_key_check;\nCREATE TABLE t (a);\n", "ok", "ok"},
		at: func(_ *checker, s *step, r reporter) {
			if s.verb == "PRAGMA" && s.tokens.at(1) == "FOREIGN_KEYS" && len(s.tokens) > 2 {
				r.at(s, "does nothing: foreign keys stay on")
			}
		},
	}, {
		ID: "defer-off", Level: Error,
		Sentence: "PRAGMA defer_foreign_keys = OFF forgets what was deferred, so that the file commits with rows that refer to nothing.",
		Rewrite:  "leave it out: the end of the file checks what was deferred, and ends the deferring",
		Case: Example{
			family1 + "NO ACTION);", rows1,
			"PRAGMA defer_foreign_keys = ON;\nUPDATE posts SET author = 7 WHERE id = 1;\nPRAGMA defer_foreign_keys = OFF;\n", "ok", "orphans",
		},
		Near: Example{
			family1 + "NO ACTION);", rows1,
			"PRAGMA defer_foreign_keys = ON;\nUPDATE posts SET author = 7 WHERE id = 1;\nUPDATE posts SET author = 2 WHERE id = 1;\n", "ok", "ok",
		},
		at: deferOff,
	},
}

// deferOff leaves alone what defers nothing: generated files turn it on and off
// around whatever they do.
func deferOff(c *checker, s *step, r reporter) {
	if s.verb != "PRAGMA" || s.tokens.at(1) != "DEFER_FOREIGN_KEYS" || len(s.tokens) < 4 || isOn(s.tokens) || !c.deferred {
		return
	}
	for _, earlier := range c.steps {
		if slices.ContainsFunc(earlier.effect.Touches(), func(name string) bool { return related(earlier.before, name) }) {
			r.at(s, "rows that refer to nothing would be committed")
			return
		}
	}
}

// related tells a table that has a foreign key or is referred to by one.
func related(at *scratch.Snapshot, name string) bool {
	for child, t := range at.Tables {
		if child == name && len(t.Parents) > 0 || slices.ContainsFunc(t.Parents, func(key scratch.ForeignKey) bool { return key.Parent == name }) {
			return true
		}
	}
	return false
}
