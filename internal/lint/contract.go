package lint

import "crane/internal/scratch"

const later = "expand first: add the new one and keep the old one; release code that uses only the new one; take the old one away in a later release"

// contract are the rules about what the code that still runs may ask for.
var contract = []Rule{
	{
		ID: "drop-column", Level: Risk,
		Sentence: "A column that goes loses its values, and the code that still runs may ask for it.",
		Rewrite:  "release code that does not use {column} first, and drop it in a later release",
		Case:     Example{users, twoUsers, "ALTER TABLE users DROP COLUMN name;\n", "ok", "ok"},
		Near:     Example{users, twoUsers, "ALTER TABLE users ADD COLUMN a TEXT;\nALTER TABLE users DROP COLUMN a;\n", "ok", "ok"},
		at:       dropColumn,
		end:      dropColumns,
	}, {
		ID: "rename-column", Level: Risk,
		Sentence: "The code that still runs asks for the column by its old name.",
		Rewrite:  later,
		Case:     Example{users, twoUsers, "ALTER TABLE users RENAME COLUMN name TO title;\n", "ok", "ok"},
		Near:     Example{users, twoUsers, "ALTER TABLE users ADD COLUMN a TEXT;\nALTER TABLE users RENAME COLUMN a TO title;\n", "ok", "ok"},
		at:       renameColumn,
	}, {
		ID: "rename-table", Level: Risk,
		Sentence: "The code that still runs asks for the table by its old name.",
		Rewrite:  later,
		Case:     Example{users, twoUsers, "ALTER TABLE users RENAME TO people;\n", "ok", "loses users"},
		Near:     Example{users, twoUsers, "CREATE TABLE a (b);\nALTER TABLE a RENAME TO people;\n", "ok", "ok"},
		end:      renameTable,
	}, {
		ID: "drop-view", Level: Risk,
		Sentence: "The code that still runs may ask for the view.",
		Rewrite:  "release code that does not use {table} first, and drop it in a later release",
		Case:     Example{users + " CREATE VIEW names AS SELECT name FROM users;", twoUsers, "DROP VIEW names;\n", "ok", "ok"},
		Near:     Example{users + " CREATE VIEW names AS SELECT name FROM users;", twoUsers, "DROP VIEW names;\nCREATE VIEW names AS SELECT id, name FROM users;\n", "ok", "ok"},
		end:      dropView,
	}, {
		ID: "drop-index", Level: Risk,
		Sentence: "Without a UNIQUE index duplicates come in, and the ON CONFLICT of the code that still runs fails.",
		Rewrite:  "release code that does not rely on it first, and drop it in a later release; an index that takes its place is made in the same file",
		Case:     Example{users + " CREATE UNIQUE INDEX users_name ON users (name);", twoUsers, "DROP INDEX users_name;\n", "ok", "ok"},
		Near:     Example{users + " CREATE UNIQUE INDEX users_name ON users (name);", twoUsers, "DROP INDEX users_name;\nCREATE UNIQUE INDEX by_name ON users (name);\n", "ok", "ok"},
		end:      dropIndex,
	}, {
		ID: "drop-trigger", Level: Risk,
		Sentence: "What the trigger did for each write of the code that still runs is not done any more.",
		Rewrite:  "release code that does it itself first, and drop the trigger in a later release",
		Case: Example{
			users + " CREATE TRIGGER trim_name AFTER INSERT ON users BEGIN UPDATE users SET name = trim(name) WHERE id = new.id; END;",
			twoUsers, "DROP TRIGGER trim_name;\n", "ok", "ok",
		},
		Near: Example{
			users + " CREATE TRIGGER trim_name AFTER INSERT ON users BEGIN UPDATE users SET name = trim(name) WHERE id = new.id; END;", twoUsers,
			"DROP TRIGGER trim_name;\nCREATE TRIGGER trim_name AFTER INSERT ON users BEGIN UPDATE users SET name = upper(name) WHERE id = new.id; END;\n", "ok", "ok",
		},
		end: dropTrigger,
	},
}

func dropColumn(c *checker, s *step, r reporter) {
	if s.verb == "ALTER" && s.kind == "DROP" && s.old != "" && !c.isNew(s.table, s.column) {
		r.at(s, "the values of %s.%s are lost, and code may ask for them", s.old, s.column)
	}
}

// dropColumns finds columns that a rebuilt table has no more.
func dropColumns(c *checker, r reporter) {
	for _, name := range sorted(c.dropped) {
		base := c.base.Tables[c.old[name]]
		if !c.rebuilt(name) || base == nil {
			continue
		}
		for _, column := range c.start.Tables[name].Columns {
			if columnOf(c.now.Tables[name], column.Name) == nil && columnOf(base, column.Name) != nil {
				r.at(c.dropped[name], "%s is made anew without %s", name, column.Name).Rewrite = fill(r.rule.Rewrite, name, column.Name)
			}
		}
	}
}

func renameColumn(c *checker, s *step, r reporter) {
	if s.verb == "ALTER" && s.kind == "RENAME" && s.old != "" && !c.isNew(s.table, s.column) {
		r.at(s, "code may ask for %s.%s", s.old, s.column)
	}
}

func renameTable(c *checker, r reporter) {
	for _, s := range c.steps {
		if s.verb == "ALTER" && s.kind == "RENAME TO" && s.old == s.table && c.dropped[s.old] == nil && c.nameAfter(s.old) != s.old {
			r.at(s, "code may ask for %s, which is %s now", s.old, c.nameAfter(s.old))
		}
	}
}

func dropView(c *checker, r reporter) {
	for _, s := range c.steps {
		_, before := c.base.Objects[scratch.Key("view", s.name)]
		if s.verb == "DROP" && s.kind == "VIEW" && before && !c.present("view", s.name) && c.now.Tables[s.name] == nil {
			r.at(s, "code may ask for %s", s.name)
		}
	}
}
