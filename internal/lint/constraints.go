package lint

import "slices"

// constraints are the rules about what rows, and the code that writes them, must
// comply with from now on.
var constraints = []Rule{
	{
		ID: "unique-index", Level: Risk,
		Sentence: "A new UNIQUE index fails on duplicates that are there, and fails writes of the code that still runs.",
		Rewrite:  "release code that keeps {column} unique and mends what is double, then create the index in a later release",
		Case: Example{
			users, "INSERT INTO users VALUES (1, 'a'), (2, 'a');",
			"CREATE UNIQUE INDEX users_name ON users (name);\n", "ok", "UNIQUE constraint failed: users.name",
		},
		Near: Example{users, "INSERT INTO users VALUES (1, 'a'), (2, 'a');", "CREATE INDEX users_name ON users (name);\n", "ok", "ok"},
		end:  eachIndex(uniqueIndex),
	}, {
		ID: "expression-index", Level: Risk,
		Sentence: "An index over JSON or dates fails on the first row that cannot be read as such.",
		Rewrite:  "index only the rows that can be read: CREATE INDEX … ON {table} (json_extract({column}, '$.…')) WHERE json_valid({column});",
		Case:     Example{users, twoUsers, "CREATE INDEX users_city ON users (json_extract(name, '$.city'));\n", "ok", "malformed JSON"},
		Near:     Example{users, twoUsers, "CREATE INDEX users_city ON users (json_extract(name, '$.city')) WHERE json_valid(name);\n", "ok", "ok"},
		end:      eachIndex(expressionIndex),
	}, {
		ID: "tighten", Level: Risk,
		Sentence: "A rebuild that asks more of the rows than the table did fails on those that do not comply, and fails writes of the code that still runs.",
		Rewrite: "release code that complies and mends the rows first; then rebuild in a later release, with a SELECT that mends the rest, " +
			"such as coalesce({column}, '')",
		Case: Example{
			users, "INSERT INTO users VALUES (1, NULL);",
			"CREATE TABLE users_new (id INTEGER PRIMARY KEY, name TEXT NOT NULL);\nINSERT INTO users_new (id, name) SELECT id, name FROM users;\n" +
				"DROP TABLE users;\nALTER TABLE users_new RENAME TO users;\n", "ok", "NOT NULL constraint failed: users_new.name",
		},
		Near: Example{
			"CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL CHECK (name <> ''));", twoUsers,
			"CREATE TABLE users_new (id INTEGER PRIMARY KEY, name TEXT NOT NULL CHECK (\"users_new\".\"name\" <> ''), bio TEXT NOT NULL DEFAULT '');\n" +
				"INSERT INTO users_new (id, name) SELECT id, name FROM users;\nDROP TABLE users;\nALTER TABLE users_new RENAME TO users;\n", "ok", "ok",
		},
		end: tighten,
	}, {
		ID: "backfill", Level: Risk,
		Sentence: "A value from a subquery may be NULL or there twice, which NOT NULL and UNIQUE refuse.",
		Rewrite:  "add a nullable column and fill that; or UPDATE … SET {column} = coalesce((SELECT …), {column}) WHERE EXISTS (SELECT …)",
		Case: Example{
			"CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL); CREATE TABLE names (id INTEGER, name TEXT);", twoUsers,
			"UPDATE users SET name = (SELECT n.name FROM names AS n WHERE n.id = users.id) WHERE id > 0;\n", "ok", "NOT NULL constraint failed: users.name",
		},
		Near: Example{
			"CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL); CREATE TABLE names (id INTEGER, name TEXT);", twoUsers,
			"ALTER TABLE users ADD COLUMN full TEXT;\nUPDATE users SET full = (SELECT n.name FROM names AS n WHERE n.id = users.id);\n", "ok", "ok",
		},
		at: backfill,
	},
}

func backfill(_ *checker, s *step, r reporter) {
	names, set := s.sets()
	t := s.before.Tables[s.table]
	if t == nil || s.old == "" || !set.has("SELECT") {
		return
	}
	keys := slices.Concat(uniques(s.before, s.table)...)
	for _, name := range names {
		known := columnOf(t, name)
		if known != nil && (known.NotNull || known.Key > 0 || slices.Contains(keys, name)) {
			r.at(s, "the subquery may give what %s.%s cannot hold", s.table, name).Rewrite = fill(r.rule.Rewrite, s.table, name)
			return
		}
	}
}
