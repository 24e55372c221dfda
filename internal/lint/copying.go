package lint

const renewed = "DROP TABLE users;\nALTER TABLE users_new RENAME TO users;\n"

// copying are the rules about a table that is made anew from its own rows.
var copying = []Rule{
	{
		ID: "copy-skips", Level: Risk,
		Sentence: "INSERT OR IGNORE and OR REPLACE leave out or overwrite rows of the copy without a word.",
		Rewrite:  "INSERT INTO … without OR, so that a row that does not fit stops the migration",
		Case: Example{
			users, "INSERT INTO users VALUES (1, 'a'), (2, 'a');",
			"CREATE TABLE users_new (id INTEGER PRIMARY KEY, name TEXT UNIQUE);\nINSERT OR IGNORE INTO users_new (id, name) SELECT id, name FROM users;\n" + renewed, "ok", "loses users",
		},
		Near: Example{
			users, "INSERT INTO users VALUES (1, 'a'), (2, 'a');",
			"CREATE TABLE names (name TEXT PRIMARY KEY);\nINSERT OR IGNORE INTO names SELECT name FROM users;\n", "ok", "ok",
		},
		end: copies((*checker).skips),
	}, {
		ID: "partial-copy", Level: Risk,
		Sentence: "A copy with a JOIN, WHERE, DISTINCT, GROUP BY or LIMIT leaves rows out.",
		Rewrite:  "copy all rows in one SELECT without these; a LEFT JOIN keeps them",
		Case: Example{
			users + " CREATE TABLE mails (user INTEGER, mail TEXT);", twoUsers,
			"CREATE TABLE users_new (id INTEGER PRIMARY KEY, name TEXT, mail TEXT);\nINSERT INTO users_new SELECT u.id, u.name, m.mail FROM users AS u JOIN mails AS m ON m.user = u.id;\n" + renewed, "ok", "loses users",
		},
		Near: Example{
			users + " CREATE TABLE mails (user INTEGER, mail TEXT);", twoUsers,
			"CREATE TABLE users_new (id INTEGER PRIMARY KEY, name TEXT, mail TEXT);\nINSERT INTO users_new SELECT u.id, u.name, m.mail FROM users AS u LEFT JOIN mails AS m ON m.user = u.id;\n" + renewed, "ok", "ok",
		},
		end: copies((*checker).partial),
	}, {
		ID: "omitted-column", Level: Risk,
		Sentence: "A copy that does not name a column which both tables have loses its values.",
		Rewrite:  "name every column in the INSERT and in the SELECT",
		Case: Example{
			users, twoUsers,
			"CREATE TABLE users_new (id INTEGER PRIMARY KEY, name TEXT, email TEXT);\nINSERT INTO users_new (id) SELECT id FROM users;\n" + renewed, "ok", "nulls users",
		},
		Near: Example{
			users, twoUsers,
			"CREATE TABLE users_new (id INTEGER PRIMARY KEY, name TEXT, email TEXT);\nINSERT INTO users_new (id, name) SELECT id, coalesce(name, '') FROM users;\n" + renewed, "ok", "ok",
		},
		end: copies((*checker).omits),
	}, {
		ID: "crossed-columns", Level: Risk,
		Sentence: "A copy puts values into a column of another name, although there is one of theirs: SELECT * goes by order, not by name.",
		Rewrite:  "name every column in the INSERT and in the SELECT, in one order",
		Case: Example{
			"CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, email TEXT);", "INSERT INTO users VALUES (1, 'a', 'b');",
			"CREATE TABLE users_new (id INTEGER PRIMARY KEY, email TEXT, name TEXT);\nINSERT INTO users_new SELECT * FROM users;\n" + renewed, "ok", "ok",
		},
		Near: Example{
			"CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, email TEXT);", "INSERT INTO users VALUES (1, 'a', 'b');",
			"CREATE TABLE users_new (id INTEGER PRIMARY KEY, email TEXT, name TEXT);\nINSERT INTO users_new (id, name, email) SELECT * FROM users;\n" + renewed, "ok", "ok",
		},
		end: copies((*checker).crosses),
	}, {
		ID: "quoted-text", Level: Error,
		Sentence: "A name in double quotes that is no column of the copied table is a text to SQLite, and goes into every row.",
		Rewrite:  "leave the column out of the INSERT and the SELECT, so that it gets its default; a text is in single quotes",
		Case: Example{
			users, twoUsers,
			"CREATE TABLE users_new (id INTEGER PRIMARY KEY, name TEXT, nick TEXT);\nINSERT INTO users_new (\"id\", \"name\", \"nick\") SELECT \"id\", \"name\", \"nick\" FROM users;\n" + renewed, "ok", "ok",
		},
		Near: Example{
			users, twoUsers,
			"CREATE TABLE users_new (id INTEGER PRIMARY KEY, name TEXT, nick TEXT);\nINSERT INTO users_new (\"id\", \"name\", \"nick\") SELECT \"id\", \"name\", 'nick' FROM users;\n" + renewed, "ok", "ok",
		},
		end: copies((*checker).quotes),
	}, {
		ID: "retype", Level: Risk,
		Sentence: "A CAST or a column of another type changes values in the copy: '012' becomes 12, 'n/a' becomes 0.",
		Rewrite:  "add a second column of the new type, fill it, and read both until the old one is not needed",
		Case: Example{
			users, "INSERT INTO users VALUES (1, '012');",
			"CREATE TABLE users_new (id INTEGER PRIMARY KEY, name INTEGER);\nINSERT INTO users_new (id, name) SELECT id, name FROM users;\n" + renewed, "ok", "ok",
		},
		Near: Example{
			users, "INSERT INTO users VALUES (1, '012');",
			"CREATE TABLE users_new (id INTEGER PRIMARY KEY, name VARCHAR (20));\nINSERT INTO users_new (id, name) SELECT id, name FROM users;\n" + renewed, "ok", "ok",
		},
		end: copies((*checker).retypes),
	}, {
		ID: "lost-index", Level: Risk,
		Sentence: "A rebuilt table has none of its indexes and triggers until they are made again.",
		Rewrite:  "make each of them again at the end of the file",
		Case: Example{
			users + " CREATE INDEX users_name ON users (name);", twoUsers,
			"CREATE TABLE users_new (id INTEGER PRIMARY KEY, name TEXT);\nINSERT INTO users_new (id, name) SELECT id, name FROM users;\n" + renewed, "ok", "ok",
		},
		Near: Example{
			users + " CREATE INDEX users_name ON users (name);", twoUsers,
			"CREATE TABLE users_new (id INTEGER PRIMARY KEY, name TEXT);\nINSERT INTO users_new (id, name) SELECT id, name FROM users;\n" + renewed + "CREATE INDEX by_name ON users (name);\n", "ok", "ok",
		},
		end: lostIndexes,
	},
}
