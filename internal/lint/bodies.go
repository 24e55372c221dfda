package lint

import (
	"slices"
	"strings"

	"crane/internal/statement"
)

// bodies are the rules about views and triggers.
var bodies = []Rule{
	{
		ID: "trigger-words", Level: Error,
		Sentence: "Cloudflare's endpoint cuts a trigger whose BEGIN or END is in lower case.",
		Rewrite:  "write BEGIN and END in upper case",
		Case:     Example{"CREATE TABLE t (a);", "", "CREATE TRIGGER g AFTER INSERT ON t begin DELETE FROM t WHERE a IS NULL; end;\n", "production only", ""},
		Near:     Example{"CREATE TABLE t (a);", "", "CREATE TRIGGER g after insert on t BEGIN select 'begin'; END;\n", "ok", ""},
		text:     hazards("upper case"),
	}, {
		ID: "trigger-case", Level: Error,
		Sentence: "Cloudflare's endpoint cuts a trigger after the END of a CASE in its body.",
		Rewrite:  "put the CASE into brackets: SET a = (CASE … END); or move the condition into the trigger's WHEN",
		Case:     Example{"CREATE TABLE t (a);", "", "CREATE TRIGGER g AFTER INSERT ON t BEGIN UPDATE t SET a = CASE WHEN a THEN 1 ELSE 0 END; END;\n", "production only", ""},
		Near:     Example{"CREATE TABLE t (a);", "", "CREATE TRIGGER g AFTER INSERT ON t BEGIN UPDATE t SET a = (CASE WHEN a THEN 1 ELSE 0 END); END;\n", "ok", ""},
		text:     hazards("END of a CASE"),
	}, {
		ID: "trigger-lines", Level: Error,
		Sentence: "Cloudflare's endpoint cuts a trigger whose lines end in CRLF.",
		Rewrite:  "end lines in LF",
		Case:     Example{"CREATE TABLE t (a);", "", "CREATE TRIGGER g AFTER INSERT ON t BEGIN\r\nDELETE FROM t WHERE a IS NULL;\r\nEND;\n", "production only", ""},
		Near:     Example{"CREATE TABLE t (a);", "", "CREATE TRIGGER g AFTER INSERT ON t BEGIN\nDELETE FROM t WHERE a IS NULL;\nEND;\n", "ok", ""},
		text:     hazards("CRLF"),
	}, {
		ID: "broken-body", Level: Error,
		Sentence: "A view or a trigger is not compiled until it is used: D1 makes it, and each use of it fails.",
		Rewrite:  "make it of tables, columns and functions that are there; DROP what is not needed any more",
		Case:     Example{"CREATE TABLE t (a);", "INSERT INTO t VALUES (2);", "CREATE VIEW v AS SELECT power(a, 2) FROM t;\n", "ok", "ok"},
		Near:     Example{"CREATE TABLE t (a);", "INSERT INTO t VALUES (2);", "CREATE VIEW v AS SELECT pow(a, 2) FROM t;\n", "ok", "ok"},
		end:      brokenBodies,
	},
}

// hazards reports those whose reason has these words.
func hazards(words string) func(*checker, reporter) {
	return func(c *checker, r reporter) {
		if !slices.ContainsFunc(c.statements, isTrigger) {
			return
		}
		for _, h := range statement.Hazards(c.file.SQL) {
			if strings.Contains(h.Reason, words) {
				r.place(h.Line, h.Column, "%s", h.Reason)
			}
		}
	}
}

func isTrigger(s statement.Statement) bool {
	return strings.Contains(strings.ToUpper(s.Text), "TRIGGER")
}
