package lint

import "strings"

// legality are the rules about what D1's engine refuses whatever the rows are.
var legality = []Rule{
	{
		ID: "too-long", Level: Error,
		Sentence: "A statement of more than 100,000 bytes is refused.",
		Rewrite:  "split a long INSERT into several; keep bulk data out of migrations",
		Case:     Example{"", "", "CREATE TABLE t (a);\nINSERT INTO t VALUES ('" + strings.Repeat("x", 100_000) + "');\n", "statement too long", ""},
		Near:     Example{"", "", "CREATE TABLE t (a);\n" + strings.Repeat("INSERT INTO t VALUES ('"+strings.Repeat("x", 1_000)+"');\n", 150), "ok", ""},
		text:     tooLong,
		cause:    message("statement too long"),
	}, {
		ID: "unterminated", Level: Error,
		Sentence: "A string, a quoted name or a comment that is never closed swallows the rest and the ledger's own statement.",
		Rewrite:  "close it",
		Case:     Example{"", "", "CREATE TABLE t (a);\nINSERT INTO t VALUES ('it);\n", "unrecognized token", ""},
		Near:     Example{"", "", "CREATE TABLE t (a);\nINSERT INTO t VALUES ('it''s /* -- '); -- it's\n", "ok", ""},
		text:     unterminated,
	}, {
		ID: "missing-semicolon", Level: Error,
		Sentence: "The ledger's own statement is sent after the file, so the last statement needs its semicolon.",
		Rewrite:  "end the last statement with a semicolon",
		Case:     Example{"", "", "CREATE TABLE t (a)\n", "syntax error", ""},
		Near:     Example{"", "", "CREATE TABLE t (a); -- done\n", "ok", ""},
		text:     missingSemicolon,
	}, {
		ID: "parameters", Level: Error,
		Sentence: "A migration has no parameters to bind.",
		Rewrite:  "write the value itself; a text is in single quotes",
		Case:     Example{"CREATE TABLE t (a);", "", "INSERT INTO t VALUES (?);\n", "Wrong number of parameter bindings", ""},
		Near:     Example{"CREATE TABLE t (a);", "", "INSERT INTO t VALUES ('?');\n", "ok", ""},
		text:     parameters,
	}, {
		ID: "ledger", Level: Error,
		Sentence: "d1_migrations and crane_migrations note which files are applied; a file that touches them hides what is.",
		Rewrite:  "leave it out: the row of each file is written for it; crane migrate baseline notes a past",
		Case:     Example{"CREATE TABLE d1_migrations (name TEXT);", "", "DELETE FROM \"D1_Migrations\";\n", "ok", ""},
		Near:     Example{"CREATE TABLE d1_migrations_seen (name TEXT);", "", "INSERT INTO d1_migrations_seen VALUES ('d1_migrations');\n", "ok", ""},
		text:     ledger,
	}, {
		ID: "transaction", Level: Error,
		Sentence: "D1 runs each file in a transaction of its own and refuses BEGIN, COMMIT, ROLLBACK and SAVEPOINT.",
		Rewrite:  "leave it out: the file is one transaction",
		Case:     Example{"", "", "BEGIN;\nCREATE TABLE t (a);\nCOMMIT;\n", "state.storage.transaction()", ""},
		Near:     Example{"", "", "CREATE TABLE \"begin\" (a);\n", "ok", ""},
		cause:    denied("a transaction of its own", "SAVEPOINT"),
	}, {
		ID: "attach", Level: Error,
		Sentence: "ATTACH, DETACH and VACUUM do not exist on D1.",
		Rewrite:  "leave it out",
		Case:     Example{"", "", "VACUUM;\n", "cannot VACUUM", ""},
		Near:     Example{"CREATE TABLE t (a);", "", "CREATE INDEX vacuum ON t (a);\n", "ok", ""},
		cause:    denied("ATTACH", "DETACH", "VACUUM"),
	}, {
		ID: "temp", Level: Error,
		Sentence: "D1 has no temporary tables, views or triggers.",
		Rewrite:  "make an ordinary table and drop it at the end of the same file",
		Case:     Example{"", "", "CREATE TEMP TABLE t (a);\n", "not authorized", ""},
		Near:     Example{"", "", "CREATE TABLE temporary_t (a);\nDROP TABLE temporary_t;\n", "ok", ""},
		cause:    denied("TEMP"),
	}, {
		ID: "denied-pragma", Level: Error,
		Sentence: "D1 allows only a few PRAGMAs.",
		Rewrite:  "leave it out; a version of the schema belongs into a table",
		Case:     Example{"", "", "PRAGMA user_version = 2;\n", "not authorized", ""},
		Near:     Example{"", "", "PRAGMA optimize;\n", "ok", ""},
		cause:    denied("PRAGMA"),
	}, {
		ID: "denied-function", Level: Error,
		Sentence: "D1 does not allow all of SQLite's functions.",
		Rewrite:  "pow for power, iif for if, ceil for ceiling; otherwise compute the value elsewhere",
		Case:     Example{"CREATE TABLE t (a);", "", "CREATE TABLE s (a CHECK (power(a, 2) > 1));\n", "not authorized to use function: power", ""},
		Near:     Example{"CREATE TABLE t (a);", "", "CREATE TABLE s (a CHECK (pow(a, 2) > 1));\n", "ok", ""},
		cause:    func(s *step, text string) bool { return denied("function")(s, text) && !deniedAlter(s, text) },
	}, {
		ID: "alter-constraint", Level: Error,
		Sentence: "D1 refuses ALTER COLUMN SET NOT NULL and ADD CONSTRAINT, which newer SQLite has.",
		Rewrite: "leave the column nullable and check in the code; or rebuild the table: CREATE TABLE {table}_new (… NOT NULL …); " +
			"INSERT INTO {table}_new (…) SELECT … FROM {table}; DROP TABLE {table}; ALTER TABLE {table}_new RENAME TO {table};",
		Case:  Example{"CREATE TABLE users (email TEXT);", "", "ALTER TABLE users ALTER COLUMN email SET NOT NULL;\n", "not authorized to use function", ""},
		Near:  Example{"CREATE TABLE users (email TEXT);", "", "ALTER TABLE users ADD COLUMN name TEXT NOT NULL DEFAULT '';\n", "ok", ""},
		cause: deniedAlter,
	}, {
		ID: "denied-module", Level: Error,
		Sentence: "Of virtual tables D1 has fts5, fts5vocab and rtree.",
		Rewrite:  "use fts5 for text search, rtree for ranges",
		Case:     Example{"", "", "CREATE VIRTUAL TABLE t USING dbstat;\n", "not authorized", ""},
		Near:     Example{"", "", "CREATE VIRTUAL TABLE t USING fts5 (a);\n", "ok", ""},
		cause: func(s *step, text string) bool {
			return denied("module")(s, text) || strings.HasPrefix(text, "no such module")
		},
	}, {
		ID: "reserved-name", Level: Error,
		Sentence: "Names that begin with _cf_ are D1's own.",
		Rewrite:  "choose another name",
		Case:     Example{"", "", "CREATE TABLE _cf_t (a);\n", "not authorized", ""},
		Near:     Example{"", "", "CREATE TABLE cf_t (_cf_a);\n", "ok", ""},
		cause:    denied("the name"),
	}, {
		ID: "too-many-columns", Level: Error,
		Sentence: "A table has 100 columns at most.",
		Rewrite:  "move columns that belong together into a second table with the same key",
		Case:     Example{"", "", "CREATE TABLE t (" + manyColumns(101) + ");\n", "too many columns", ""},
		Near:     Example{"", "", "CREATE TABLE t (" + manyColumns(100) + ");\n", "ok", ""},
		cause:    message("too many columns"),
	}, {
		ID: "compound-select", Level: Error,
		Sentence: "D1 allows five SELECTs between UNION, INTERSECT and EXCEPT; a VALUES of many rows is no such.",
		Rewrite:  "INSERT INTO {table} VALUES (…), (…), (…); or several statements",
		Case:     Example{"CREATE TABLE t (a);", "", "INSERT INTO t SELECT 1" + strings.Repeat(" UNION ALL SELECT 1", 5) + ";\n", "too many terms in compound SELECT", ""},
		Near:     Example{"CREATE TABLE t (a);", "", "INSERT INTO t VALUES (1)" + strings.Repeat(", (1)", 500) + ";\n", "ok", ""},
		cause:    message("too many terms in compound SELECT"),
	}, {
		ID: "add-unique", Level: Error,
		Sentence: "ADD COLUMN takes neither UNIQUE nor PRIMARY KEY.",
		Rewrite:  "add the column without it, then CREATE UNIQUE INDEX {table}_{column} ON {table} ({column});",
		Case:     Example{"CREATE TABLE users (id INTEGER PRIMARY KEY);", "", "ALTER TABLE users ADD COLUMN slug TEXT UNIQUE;\n", "Cannot add a UNIQUE column", ""},
		Near: Example{
			"CREATE TABLE users (id INTEGER PRIMARY KEY);", "INSERT INTO users VALUES (1), (2);",
			"ALTER TABLE users ADD COLUMN slug TEXT;\nCREATE UNIQUE INDEX users_slug ON users (slug);\n", "ok", "ok",
		},
		cause: message("Cannot add a UNIQUE column", "Cannot add a PRIMARY KEY column"),
	}, {
		ID: "in-the-way", Level: Error,
		Sentence: "A view, a trigger or an index names what the statement takes away.",
		Rewrite:  "DROP the view, trigger or index that is named first, and make it again at the end of the file",
		Case: Example{
			"CREATE TABLE users (email TEXT); CREATE VIEW emails AS SELECT email FROM users;", "",
			"CREATE TABLE users_new (email TEXT, name TEXT);\nINSERT INTO users_new (email) SELECT email FROM users;\nDROP TABLE users;\nALTER TABLE users_new RENAME TO users;\n",
			"error in view emails", "",
		},
		Near: Example{
			"CREATE TABLE users (email TEXT); CREATE VIEW emails AS SELECT email FROM users;", "INSERT INTO users VALUES ('a');",
			"DROP VIEW emails;\nCREATE TABLE users_new (email TEXT, name TEXT);\nINSERT INTO users_new (email) SELECT email FROM users;\nDROP TABLE users;\n" +
				"ALTER TABLE users_new RENAME TO users;\nCREATE VIEW emails AS SELECT email FROM users;\n", "ok", "ok",
		},
		cause: message("error in view", "error in trigger", "error in index", "error in table"),
	}, {
		ID: "refused", Level: Error,
		Sentence: "SQLite refuses the statement, or an earlier file's, so that this one cannot be checked.",
		Rewrite:  "mend the statement",
		Case:     Example{"", "", "CREAT TABLE t (a);\n", "syntax error", ""},
		Near:     Example{"", "", "CREATE TABLE t (a);\n", "ok", ""},
	},
}
