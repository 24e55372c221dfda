package lint_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"crane/internal/lint"
)

// shop is a database as the generators make them.
const shop = "CREATE TABLE `users` (`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL, `email` text NOT NULL, `age` integer, CONSTRAINT \"old\" CHECK(\"users\".\"age\" > 0));\n" +
	"CREATE UNIQUE INDEX `users_email_unique` ON `users` (`email`);\n" +
	"CREATE TABLE `orders` (`id` integer PRIMARY KEY NOT NULL, `user` integer NOT NULL, FOREIGN KEY (`user`) REFERENCES `users`(`id`) ON UPDATE no action ON DELETE cascade);\n" +
	"CREATE TABLE `lines` (`id` integer PRIMARY KEY NOT NULL, `order` integer, FOREIGN KEY (`order`) REFERENCES `orders`(`id`) ON DELETE cascade);\n" +
	"CREATE TABLE `audits` (`id` integer PRIMARY KEY NOT NULL, `user` integer REFERENCES `users`(`id`) ON DELETE set null);\n" +
	"CREATE TABLE `settings` (`key` text PRIMARY KEY, `value` text);"

// drizzle rebuilds users as drizzle-kit does.
const drizzle = "PRAGMA foreign_keys=OFF;--> statement-breakpoint\n" +
	"CREATE TABLE `__new_users` (\n\t`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,\n\t`email` text NOT NULL,\n\t`age` integer DEFAULT 18,\n" +
	"\tCONSTRAINT \"old\" CHECK(\"__new_users\".\"age\" > 0)\n);\n--> statement-breakpoint\n" +
	"INSERT INTO `__new_users`(\"id\", \"email\", \"age\") SELECT \"id\", \"email\", \"age\" FROM `users`;--> statement-breakpoint\n" +
	"DROP TABLE `users`;--> statement-breakpoint\nALTER TABLE `__new_users` RENAME TO `users`;--> statement-breakpoint\n" +
	"PRAGMA foreign_keys=ON;--> statement-breakpoint\nCREATE UNIQUE INDEX `users_email_unique` ON `users` (`email`);\n"

// prisma rebuilds settings as prisma migrate does.
const prisma = "-- RedefineTables\nPRAGMA defer_foreign_keys=ON;\nPRAGMA foreign_keys=OFF;\n" +
	"CREATE TABLE \"new_settings\" (\n    \"key\" TEXT NOT NULL PRIMARY KEY,\n    \"value\" TEXT,\n    \"made\" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP\n);\n" +
	"INSERT INTO \"new_settings\" (\"key\", \"value\") SELECT \"key\", \"value\" FROM \"settings\";\n" +
	"DROP TABLE \"settings\";\nALTER TABLE \"new_settings\" RENAME TO \"settings\";\nPRAGMA foreign_keys=ON;\nPRAGMA defer_foreign_keys=OFF;\n"

// shopRows are rows that a careless file loses.
const shopRows = "INSERT INTO users VALUES (1, 'a', 2), (2, 'b', NULL), (3, 'c', 1); INSERT INTO orders VALUES (1, 1), (2, 2), (3, 3);" +
	"INSERT INTO lines VALUES (1, 1), (2, 2), (3, 3); INSERT INTO audits VALUES (1, 1), (2, 2); INSERT INTO settings VALUES ('a', '1'), ('b', '{}');"

// scenario is a file for the shop; want are the rules, counted and gone the
// tables, space separated.
type scenario struct{ file, want, counted, gone string }

// scenarios are by name.
func scenarios() map[string]scenario {
	return map[string]scenario{
		"drizzle rebuild":      {drizzle, "cascade set-null", "lines orders users", ""},
		"prisma rebuild":       {strings.ReplaceAll(prisma, "NOT NULL PRIMARY", "PRIMARY"), "", "settings", ""},
		"prisma stricter":      {prisma, "tighten", "settings", ""},
		"drizzle expansion":    {"ALTER TABLE `users` ADD `nick` text DEFAULT '' NOT NULL;--> statement-breakpoint\nALTER TABLE `users` ADD `team` integer REFERENCES teams(id);--> statement-breakpoint\nCREATE TABLE `teams` (`id` integer PRIMARY KEY NOT NULL);--> statement-breakpoint\nCREATE INDEX `users_nick` ON `users` (`nick`);", "", "", ""},
		"prisma expansion":     {"-- CreateTable\nCREATE TABLE \"Tag\" (\n    \"id\" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,\n    \"name\" TEXT NOT NULL,\n    \"userId\" INTEGER NOT NULL,\n    CONSTRAINT \"Tag_userId_fkey\" FOREIGN KEY (\"userId\") REFERENCES \"users\" (\"id\") ON DELETE RESTRICT ON UPDATE CASCADE\n);\n-- CreateIndex\nCREATE UNIQUE INDEX \"Tag_name_key\" ON \"Tag\"(\"name\");\n", "", "", ""},
		"search":               {"CREATE VIRTUAL TABLE found USING fts5 (email, content = 'users', content_rowid = 'id');\nCREATE TRIGGER found_insert AFTER INSERT ON users BEGIN\n  INSERT INTO found (rowid, email) VALUES (new.id, new.email);\nEND;\nCREATE TRIGGER found_delete AFTER DELETE ON users BEGIN\n  INSERT INTO found (found, rowid, email) VALUES ('delete', old.id, old.email);\nEND;\nCREATE TRIGGER found_update AFTER UPDATE OF email ON users BEGIN\n  INSERT INTO found (found, rowid, email) VALUES ('delete', old.id, old.email);\n  INSERT INTO found (rowid, email) VALUES (new.id, new.email);\nEND;\nINSERT INTO found (found) VALUES ('rebuild');\n", "", "", ""},
		"seeds":                {"INSERT INTO settings (key, value) VALUES ('a', '1') ON CONFLICT (key) DO NOTHING;\nINSERT OR IGNORE INTO settings (key, value) VALUES ('b', '2');\nUPDATE settings SET value = '3' WHERE key = 'b';\n", "", "", ""},
		"derived table":        {"CREATE TABLE emails (email TEXT PRIMARY KEY, n INTEGER NOT NULL);\nINSERT INTO emails SELECT email, count(*) FROM users WHERE age > 1 GROUP BY email;\nCREATE UNIQUE INDEX emails_n ON emails (n);\n", "", "", ""},
		"delete parent":        {"DELETE FROM users WHERE age < 3;", "delete-rows", "lines orders users", ""},
		"delete middle":        {"DELETE FROM orders;", "delete-all", "lines orders", ""},
		"drop leaf":            {"DROP TABLE lines;", "drop-table", "lines", "lines"},
		"drop root":            {"DROP TABLE users;", "cascade drop-table set-null", "lines orders users", "users"},
		"drop from the leaves": {"DROP TABLE lines; DROP TABLE orders; DROP TABLE audits; DROP TABLE users;", "drop-table", "lines orders users audits", "lines orders users audits"},
		"aside": {"ALTER TABLE settings RENAME TO settings_old;\nCREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT, more TEXT);\n" +
			"INSERT INTO settings (key, value) SELECT key, value FROM settings_old;\nDROP TABLE settings_old;\n", "", "settings", ""},
		"aside with children": {"ALTER TABLE orders RENAME TO o;\nCREATE TABLE orders (id integer PRIMARY KEY NOT NULL, user integer NOT NULL, FOREIGN KEY (user) REFERENCES users (id) ON DELETE cascade);\n" +
			"INSERT INTO orders (id, user) SELECT id, user FROM o;\nDROP TABLE o;\n", "cascade", "lines orders", ""},
		"held":                        {"CREATE TABLE h AS SELECT * FROM settings;\nDROP TABLE settings;\nCREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT, more TEXT);\nINSERT INTO settings (key, value) SELECT key, value FROM h;\nDROP TABLE h;\n", "", "settings", ""},
		"held in part":                {"CREATE TABLE h AS SELECT * FROM settings WHERE value > 1;\nDROP TABLE settings;\nCREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT, more TEXT);\nINSERT INTO settings (key, value) SELECT key, value FROM h;\nDROP TABLE h;\n", "partial-copy", "settings", ""},
		"without copying":             {"CREATE TABLE n (key TEXT PRIMARY KEY, value TEXT);\nDROP TABLE settings;\nALTER TABLE n RENAME TO settings;\n", "drop-table", "settings", ""},
		"copy of another":             {"CREATE TABLE n (key TEXT PRIMARY KEY, value TEXT);\nINSERT INTO n SELECT id, email FROM users;\nDROP TABLE settings;\nALTER TABLE n RENAME TO settings;\n", "drop-table", "settings", ""},
		"through a view":              {"CREATE VIEW v AS SELECT key, value FROM settings;\nCREATE TABLE h AS SELECT * FROM v;\nDROP VIEW v;\nDELETE FROM settings;\nINSERT INTO settings SELECT * FROM h;\nDROP TABLE h;", "", "settings", ""},
		"unique on new":               {"ALTER TABLE users ADD COLUMN slug TEXT;\nUPDATE users SET slug = lower(email);\nCREATE UNIQUE INDEX slugs ON users (slug);", "unique-index", "", ""},
		"unique on more":              {"CREATE UNIQUE INDEX wider ON users (email, age);", "", "", ""},
		"quoted names":                {"DELETE FROM \"Users\" WHERE [age] = 1;\nDROP TABLE IF EXISTS `Lines`;", "delete-rows drop-table", "lines orders users", "lines"},
		"nothing there":               {"DROP TABLE IF EXISTS nowhere;\nDROP VIEW IF EXISTS nowhere;\nCREATE TABLE IF NOT EXISTS users (id);\nCREATE UNIQUE INDEX IF NOT EXISTS users_email_unique ON users (email);", "", "", ""},
		"with":                        {"WITH old AS (SELECT id FROM users WHERE age > 9) DELETE FROM orders WHERE user IN (SELECT id FROM old);", "delete-rows", "lines orders", ""},
		"a view left behind":          {"CREATE VIEW v AS SELECT key FROM settings;\nDROP TABLE settings;", "broken-body drop-table", "settings", "settings"},
		"a broken trigger":            {"CREATE TRIGGER g AFTER UPDATE OF age ON users BEGIN INSERT INTO nowhere VALUES (1); END;", "broken-body", "", ""},
		"a later table":               {"CREATE TRIGGER g AFTER INSERT ON users BEGIN INSERT INTO log VALUES (new.id); END;\nCREATE VIEW v AS SELECT id FROM log;\nCREATE TABLE log (id INTEGER);", "", "", ""},
		"a check like D1 has it":      {"ALTER TABLE users ADD COLUMN n INTEGER CHECK (power(n, 2) > 1);", "", "", ""},
		"a stricter rebuild by index": {"CREATE TABLE n (key TEXT PRIMARY KEY, value TEXT);\nINSERT INTO n SELECT * FROM settings;\nCREATE UNIQUE INDEX n_value ON n (value);\nDROP TABLE settings;\nALTER TABLE n RENAME TO settings;\n", "unique-index", "settings", ""},
		"an index of what is valid":   {"CREATE INDEX i ON settings (json_extract(value, '$.a')) WHERE json_valid(value);", "", "", ""},
		"grandchildren forgotten":     {"CREATE TABLE h AS SELECT * FROM orders;\nDELETE FROM orders;\nINSERT INTO orders SELECT * FROM h;\nDROP TABLE h;", "delete-all", "orders lines", ""},
		"all held":                    {"CREATE TABLE h AS SELECT * FROM orders;\nCREATE TABLE hl AS SELECT * FROM lines;\nDELETE FROM orders;\nINSERT INTO orders SELECT * FROM h;\nINSERT INTO lines SELECT * FROM hl;\nDROP TABLE h;\nDROP TABLE hl;", "", "orders lines", ""},
		"all held in part":            {"CREATE TABLE h AS SELECT * FROM orders;\nCREATE TABLE hl AS SELECT * FROM lines LIMIT 1;\nDELETE FROM orders;\nINSERT INTO orders SELECT * FROM h;\nINSERT INTO lines SELECT * FROM hl;\nDROP TABLE h;\nDROP TABLE hl;", "partial-copy", "orders lines", ""},
		"references forgotten":        {"CREATE TABLE h AS SELECT * FROM users;\nCREATE TABLE ho AS SELECT * FROM orders;\nCREATE TABLE hl AS SELECT * FROM lines;\nDELETE FROM users;\nINSERT INTO users SELECT * FROM h;\nINSERT INTO orders SELECT * FROM ho;\nINSERT INTO lines SELECT * FROM hl;\nDROP TABLE h;\nDROP TABLE ho;\nDROP TABLE hl;", "set-null", "orders lines users", ""},
		"held too late":               {"DELETE FROM audits;\nCREATE TABLE h AS SELECT * FROM audits;\nINSERT INTO audits SELECT * FROM h;\nDROP TABLE h;", "delete-all", "audits", ""},
		"child held too late":         {"DELETE FROM orders;\nCREATE TABLE h AS SELECT * FROM lines;\nINSERT INTO lines SELECT * FROM h;\nDROP TABLE h;", "delete-all", "lines orders", ""},
		"there and back":              {"ALTER TABLE settings RENAME TO s;\nALTER TABLE s RENAME TO settings;", "", "", ""},
		"main":                        {"DROP TABLE main.settings;", "drop-table", "settings", "settings"},
		"do nothing":                  {"CREATE TABLE n (key TEXT PRIMARY KEY, value TEXT UNIQUE);\nINSERT INTO n SELECT key, value FROM settings WHERE true ON CONFLICT DO NOTHING;\nDROP TABLE settings;\nALTER TABLE n RENAME TO settings;", "copy-skips tighten", "settings", ""},
		"comma":                       {"CREATE TABLE n (key TEXT PRIMARY KEY, value TEXT);\nINSERT INTO n SELECT key, value FROM settings, users WHERE users.id = 9;\nDROP TABLE settings;\nALTER TABLE n RENAME TO settings;", "partial-copy", "settings", ""},
		"twice": {"CREATE TABLE n (key TEXT PRIMARY KEY, value TEXT);\nINSERT INTO n SELECT * FROM settings;\nDROP TABLE settings;\nALTER TABLE n RENAME TO settings;\n" +
			"CREATE TABLE n (key TEXT PRIMARY KEY, value TEXT);\nINSERT INTO n SELECT * FROM settings WHERE key = 'a';\nDROP TABLE settings;\nALTER TABLE n RENAME TO settings;\n", "partial-copy", "settings", ""},
		"child then parent": {"CREATE TABLE o (id integer PRIMARY KEY NOT NULL, user integer NOT NULL REFERENCES users (id) ON DELETE cascade);\nINSERT INTO o SELECT id, user FROM orders;\nDELETE FROM lines;\nDROP TABLE orders;\nALTER TABLE o RENAME TO orders;\nDELETE FROM users;", "delete-all set-null", "lines orders users", ""},
		"a tree":            {"CREATE TABLE n (key TEXT PRIMARY KEY, value TEXT REFERENCES settings (key) ON DELETE CASCADE);\nINSERT INTO n SELECT key, NULL FROM settings;\nINSERT OR REPLACE INTO n VALUES ('b', 'a');\nDROP TABLE settings;\nALTER TABLE n RENAME TO settings;", "cascade omitted-column tighten", "settings", ""},
		"update or replace": {"UPDATE OR REPLACE settings SET key = 'a' WHERE key = 'b';", "replace-rows", "settings", ""},
		"instead of":        {"CREATE VIEW v AS SELECT key FROM settings;\nCREATE TRIGGER g INSTEAD OF DELETE ON v BEGIN DELETE FROM settings WHERE key = old.key; END;\nDELETE FROM v WHERE key = 'a';", "trigger-deletes", "settings", ""},
		"housekeeping":      {"ANALYZE;\nREINDEX users;\nPRAGMA optimize;\nPRAGMA foreign_key_check;\nPRAGMA table_info(users);\nSELECT count(*) FROM users;\nUPDATE sqlite_sequence SET seq = 7 WHERE name = 'users';\nEXPLAIN QUERY PLAN SELECT 1;\n", "", "", ""},
		"one row at a time": {"UPDATE users SET age = 3 WHERE id = 1 ORDER BY id LIMIT 1;", "", "", ""},
		"only comments":     {"-- nothing yet\n", "", "", ""},
	}
}

func TestScenarios(t *testing.T) {
	t.Parallel()
	for name, c := range scenarios() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := one(t, shop, c.file)
			require.Equal(t, strings.Fields(c.want), found(v), "%v", v.Findings)
			require.ElementsMatch(t, strings.Fields(c.counted), v.Counted)
			require.Equal(t, v, one(t, shop, c.file), "the same each time")
			for _, table := range v.Counted {
				want := table
				if strings.Contains(" "+c.gone+" ", " "+table+" ") {
					want = ""
				}
				require.Equal(t, want, v.After[table], table)
			}
		})
	}
}

func TestSearchIndex(t *testing.T) {
	t.Parallel()
	const base = "CREATE TABLE notes (id INTEGER PRIMARY KEY, body TEXT); CREATE VIRTUAL TABLE found USING fts5 (body, content = 'notes', content_rowid = 'id');"
	const again = "DROP TABLE found;\nCREATE VIRTUAL TABLE found USING fts5 (body, content = 'notes', content_rowid = 'id', tokenize = 'porter');\n"
	require.Equal(t, "ok", one(t, base, again+"INSERT INTO found (found) VALUES ('rebuild');\n").String())
	require.Equal(t, "ok", one(t, base, again+"INSERT INTO found (rowid, body) SELECT id, body FROM notes;\n").String())
	require.Equal(t, "refused: drop-table at 1:1", one(t, base, again).String())
	require.Equal(t, "refused: drop-table at 1:1", one(t, base, "DROP TABLE found;").String())
}

// TestFirstDeployment is quiet for the migrations of this repository, and for a
// history that would lose rows if there were any.
func TestFirstDeployment(t *testing.T) {
	t.Parallel()
	folders, err := filepath.Glob("../../workers/*/migrations")
	require.NoError(t, err)
	require.NotEmpty(t, folders)
	histories := [][]lint.File{{{Name: "0001_shop.sql", SQL: shop}, {Name: "0002_users.sql", SQL: drizzle}, {
		Name: "0003_more.sql", SQL: "INSERT INTO settings VALUES ('a', 'b');\nDELETE FROM settings;\nUPDATE settings SET value = 1;\n" +
			"ALTER TABLE settings RENAME TO options;\nDROP TABLE lines;\nCREATE UNIQUE INDEX u ON options (value);\n",
	}}}
	for _, folder := range folders {
		histories = append(histories, read(t, folder))
	}
	for _, files := range histories {
		verdicts, err := lint.Check(t.Context(), nil, files)
		require.NoError(t, err)
		require.Len(t, verdicts, len(files))
		for _, v := range verdicts {
			require.Empty(t, found(v), v.File)
			require.Empty(t, v.Counted)
		}
	}
}

func read(t *testing.T, folder string) []lint.File {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(folder, "*.sql"))
	require.NoError(t, err)
	require.NotEmpty(t, names)
	var files []lint.File
	for _, name := range names {
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		files = append(files, lint.File{Name: filepath.Base(name), SQL: string(text)})
	}
	return files
}
