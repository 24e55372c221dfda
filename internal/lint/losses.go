package lint

const (
	family1 = "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT); CREATE TABLE posts (id INTEGER PRIMARY KEY, author INTEGER REFERENCES users (id) ON DELETE "
	rows1   = "INSERT INTO users VALUES (1, 'a'), (2, 'b'); INSERT INTO posts VALUES (1, 1), (2, 2);"
	rebuild = "CREATE TABLE users_new (id INTEGER PRIMARY KEY, name TEXT, email TEXT);\nINSERT INTO users_new (id, name) SELECT id, name FROM users;\n" +
		"DROP TABLE users;\nALTER TABLE users_new RENAME TO users;\n"
	held = "PRAGMA defer_foreign_keys = ON;\nCREATE TABLE users_held AS SELECT * FROM users;\nDROP TABLE users;\n" +
		"CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, email TEXT);\nINSERT INTO users (id, name) SELECT id, name FROM users_held;\nDROP TABLE users_held;\n"
	heldChildren = "CREATE TABLE posts_held AS SELECT * FROM posts;\nDELETE FROM posts;\n" + rebuild +
		"INSERT INTO posts SELECT * FROM posts_held;\nDROP TABLE posts_held;\n"
	holdChildren = "ALTER TABLE … ADD COLUMN needs no rebuild; if it must be one, hold the rows of the tables that refer to it: " +
		"CREATE TABLE child_held AS SELECT * FROM child; DELETE FROM child; …the rebuild…; INSERT INTO child SELECT * FROM child_held; DROP TABLE child_held;"
)

// losses are the rules about rows that go without a word.
var losses = []Rule{
	{
		ID: "cascade", Level: Risk,
		Sentence: "DROP TABLE deletes the table's rows first, and ON DELETE CASCADE deletes those that refer to them, although a table of the same name comes back.",
		Rewrite:  holdChildren,
		Case:     Example{family1 + "CASCADE);", rows1, rebuild, "ok", "loses posts"},
		Near:     Example{family1 + "CASCADE);", rows1, heldChildren, "ok", "ok"},
		end:      cascade,
	}, {
		ID: "set-null", Level: Risk,
		Sentence: "DROP TABLE deletes the table's rows first, and ON DELETE SET NULL takes away the references to them, although a table of the same name comes back; ON UPDATE SET NULL does so for an UPDATE of what is referred to.",
		Rewrite:  holdChildren,
		Case:     Example{family1 + "SET NULL);", rows1, rebuild, "ok", "nulls posts"},
		Near:     Example{family1 + "SET NULL);", rows1, heldChildren, "ok", "ok"},
		at:       setNull,
	}, {
		ID: "referenced", Level: Error,
		Sentence: "DROP TABLE fails when rows refer to the table's rows, and a table renamed to its name does not count, not even with defer_foreign_keys.",
		Rewrite: "PRAGMA defer_foreign_keys = ON; CREATE TABLE {table}_held AS SELECT * FROM {table}; DROP TABLE {table}; CREATE TABLE {table} (…); " +
			"INSERT INTO {table} (…) SELECT … FROM {table}_held; DROP TABLE {table}_held; or, to drop it for good, drop the tables that refer to it first",
		Case: Example{family1 + "NO ACTION);", rows1, "PRAGMA defer_foreign_keys = ON;\n" + rebuild, "ok", "FOREIGN KEY constraint failed"},
		Near: Example{family1 + "NO ACTION);", rows1, held, "ok", "ok"},
		end:  referenced,
	}, {
		ID: "drop-table", Level: Risk,
		Sentence: "DROP TABLE loses its rows, and the code that still runs may ask for them.",
		Rewrite:  "release code that does not use {table} first, and drop it in a later release",
		Case:     Example{users, twoUsers, "DROP TABLE users;\n", "ok", "loses users"},
		Near:     Example{users, twoUsers, "CREATE TABLE scratch (a);\nDROP TABLE scratch;\n", "ok", "ok"},
		end:      dropTable,
	}, {
		ID: "delete-all", Level: Risk,
		Sentence: "DELETE without WHERE, or with one that always holds, loses all rows of the table.",
		Rewrite:  "name the rows: DELETE FROM {table} WHERE …;",
		Case:     Example{users, twoUsers, "DELETE FROM users;\n", "ok", "loses users"},
		Near:     Example{users, twoUsers, "CREATE TABLE users_held AS SELECT * FROM users;\nDELETE FROM users;\nINSERT INTO users SELECT * FROM users_held;\nDROP TABLE users_held;\n", "ok", "ok"},
		end:      deleteAll,
	}, {
		ID: "delete-rows", Level: Risk,
		Sentence: "DELETE loses rows, and with them what refers to them by ON DELETE CASCADE.",
		Rewrite:  "mark the rows instead, or keep them: CREATE TABLE {table}_gone AS SELECT * FROM {table} WHERE …;",
		Case:     Example{users, twoUsers, "DELETE FROM users WHERE id = 1;\n", "ok", "loses users"},
		Near:     Example{users, twoUsers, "CREATE TABLE tags (id INTEGER);\nINSERT INTO tags VALUES (1);\nDELETE FROM tags WHERE id = 1;\n", "ok", "ok"},
		at:       deleteRows,
	}, {
		ID: "trigger-deletes", Level: Risk,
		Sentence: "A statement fires a trigger that deletes rows of another table.",
		Rewrite:  "drop the trigger before the statement and make it again after it",
		Case: Example{
			users + " CREATE TABLE log (id INTEGER); CREATE TRIGGER tidy AFTER UPDATE ON users BEGIN DELETE FROM log WHERE id = new.id; END;",
			twoUsers + " INSERT INTO log VALUES (1), (2);", "UPDATE users SET name = 'c' WHERE id = 1;\n", "ok", "loses log",
		},
		Near: Example{
			users + " CREATE TABLE log (id INTEGER); CREATE TRIGGER tidy AFTER UPDATE ON users BEGIN INSERT INTO log VALUES (new.id); END;",
			twoUsers + " INSERT INTO log VALUES (1), (2);", "UPDATE users SET name = 'c' WHERE id = 1;\n", "ok", "ok",
		},
		at: triggerDeletes,
	}, {
		ID: "replace-rows", Level: Risk,
		Sentence: "REPLACE, be it the statement's, its trigger's or its table's, deletes the row that is in the way, with all columns that the statement does not give and all that refers to it.",
		Rewrite:  "INSERT INTO {table} (…) VALUES (…) ON CONFLICT (id) DO UPDATE SET {column} = excluded.{column};",
		Case:     Example{family1 + "CASCADE);", rows1, "INSERT OR REPLACE INTO users (id, name) VALUES (1, 'z');\n", "ok", "loses posts"},
		Near: Example{
			family1 + "CASCADE);", rows1,
			"INSERT INTO users (id, name) VALUES (1, 'z') ON CONFLICT (id) DO UPDATE SET name = excluded.name;\nINSERT OR IGNORE INTO users (id, name) VALUES (1, 'z');\n", "ok", "ok",
		},
		at: replaceRows,
	}, {
		ID: "update-all", Level: Risk,
		Sentence: "UPDATE without WHERE, or with one that always holds, overwrites a column of all rows.",
		Rewrite:  "name the rows: UPDATE {table} SET … WHERE …; or fill a new column and keep the old one",
		Case:     Example{users, twoUsers, "UPDATE users SET name = NULL;\n", "ok", "nulls users"},
		Near:     Example{users, twoUsers, "ALTER TABLE users ADD COLUMN nick TEXT;\nUPDATE users SET nick = name;\n", "ok", "ok"},
		at:       updateAll,
	},
}
