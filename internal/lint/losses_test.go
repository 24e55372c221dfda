package lint_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"crane/internal/lint"
)

// aside is a database, rows, and a file for it; want are the rules, counted the
// tables, does what the engine finds to have become less, all space separated.
type aside struct{ base, rows, file, want, counted, does string }

const (
	tagged   = "CREATE TABLE tags (id INTEGER PRIMARY KEY, name TEXT UNIQUE ON CONFLICT REPLACE, n INTEGER); CREATE TABLE uses (tag INTEGER REFERENCES tags (id) ON DELETE CASCADE);"
	tags     = "INSERT INTO tags VALUES (1, 'a', 1), (2, 'b', 2); INSERT INTO uses VALUES (1), (2);"
	fired    = "CREATE TABLE best (name TEXT PRIMARY KEY, id INTEGER UNIQUE); CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT); CREATE TRIGGER g AFTER INSERT ON users BEGIN INSERT OR REPLACE INTO best VALUES (new.name, 1); END;"
	fires    = "INSERT INTO users VALUES (1, 'a'); INSERT INTO best VALUES ('c', 2);"
	updating = "CREATE TABLE p (id INTEGER PRIMARY KEY, code TEXT UNIQUE, n INTEGER); CREATE TABLE c (code TEXT REFERENCES p (code) ON UPDATE SET NULL);"
	updates  = "INSERT INTO p VALUES (1, 'a', 1); INSERT INTO c VALUES ('a');"
	logs     = "CREATE TABLE logs (id INTEGER PRIMARY KEY, body TEXT);"
	logged   = "INSERT INTO logs VALUES (1, 'a'), (2, 'b');"
	renew    = "CREATE TABLE n (id INTEGER PRIMARY KEY, body TEXT);\n"
	renewLog = "\nDROP TABLE logs;\nALTER TABLE n RENAME TO logs;"
)

func asides() map[string]aside {
	return map[string]aside{
		"the table replaces":            {tagged, tags, "INSERT INTO tags (name) VALUES ('a');", "replace-rows", "tags uses", "loses uses"},
		"the table replaces on update":  {tagged, tags, "UPDATE tags SET name = 'a' WHERE id = 2;", "replace-rows", "tags uses", "loses tags"},
		"an update of no key":           {tagged, tags, "UPDATE tags SET n = 5 WHERE id = 2;", "", "", ""},
		"the statement's words first":   {tagged, tags, "INSERT OR IGNORE INTO tags (name) VALUES ('a');", "", "", ""},
		"a default, not a row":          {"CREATE TABLE d (id INTEGER PRIMARY KEY, a TEXT NOT NULL ON CONFLICT REPLACE DEFAULT 'x');", "INSERT INTO d VALUES (1, 'a');", "INSERT INTO d (a) VALUES (NULL);", "", "", ""},
		"a trigger replaces":            {fired, fires + " INSERT INTO best VALUES ('z', 3);", "INSERT INTO users VALUES (2, 'z');", "replace-rows", "best", "loses best"},
		"a trigger under a REPLACE":     {strings.ReplaceAll(fired, "OR REPLACE INTO best VALUES (new.name, 1)", "INTO best VALUES (new.name, 1)"), fires + " INSERT INTO best VALUES ('z', 3);", "INSERT OR REPLACE INTO users VALUES (2, 'z');", "replace-rows", "best users", "loses best"},
		"a trigger of another event":    {fired, fires, "UPDATE users SET name = 'b' WHERE id = 1;", "", "", ""},
		"the function":                  {strings.ReplaceAll(fired, "OR REPLACE INTO best VALUES (new.name, 1)", "INTO best VALUES (replace(new.name, 'a', 'b'), new.id)"), fires, "INSERT INTO users VALUES (9, 'z');", "", "", ""},
		"references taken by an update": {updating, updates, "UPDATE p SET code = 'b' WHERE id = 1;", "set-null", "", "nulls c"},
		"an update beside references":   {updating, updates, "UPDATE p SET n = 2 WHERE id = 1;", "", "", ""},
		"a cascade of an update":        {strings.ReplaceAll(updating, "SET NULL", "CASCADE"), updates, "UPDATE p SET code = 'b' WHERE id = 1;", "", "", ""},
		"where 1":                       {logs, logged, "DELETE FROM logs WHERE 1;", "delete-all", "logs", "loses logs"},
		"where true":                    {logs, logged, "UPDATE logs SET body = NULL WHERE true RETURNING id;", "update-all", "", "nulls logs"},
		"where 1=1":                     {logs, logged, "DELETE FROM logs WHERE (1 = 1);", "delete-all", "logs", "loses logs"},
		"where of two texts":            {logs, logged, "DELETE FROM logs WHERE 'a' == 'a';", "delete-all", "logs", "loses logs"},
		"where 0":                       {logs, logged, "DELETE FROM logs WHERE 0;", "delete-rows", "logs", ""},
		"where 1 or less":               {logs, logged, "UPDATE logs SET body = NULL WHERE 1 = id;", "", "", "nulls logs"},
		"a copy before an upsert":       {logs, logged, renew + "INSERT INTO n SELECT id, body FROM logs WHERE true ON CONFLICT (id) DO UPDATE SET body = excluded.body;" + renewLog, "", "logs", ""},
		"a copy where true":             {logs, logged, renew + "INSERT INTO n SELECT id, body FROM logs WHERE true;" + renewLog, "", "logs", ""},
		"a copy of more":                {logs, logged, renew + "INSERT INTO n SELECT id, body FROM logs UNION ALL SELECT id + 100, body FROM logs;" + renewLog, "", "logs", ""},
		"a copy of both in part":        {logs, logged, renew + "INSERT INTO n SELECT id, body FROM logs WHERE id > 1 UNION ALL SELECT id + 100, body FROM logs LIMIT 1;" + renewLog, "partial-copy", "logs", "loses logs"},
		"a part in brackets":            {logs, logged, renew + "INSERT INTO n SELECT * FROM (SELECT * FROM logs LIMIT 1);" + renewLog, "partial-copy", "logs", "loses logs"},
		"all in brackets":               {logs, logged, renew + "INSERT INTO n SELECT * FROM (SELECT id, body FROM logs);" + renewLog, "", "logs", ""},
		"a part by name":                {logs, logged, renew + "INSERT INTO n WITH some (id, body) AS (SELECT id, body FROM logs WHERE id = 1) SELECT id, body FROM some;" + renewLog, "partial-copy", "logs", "loses logs"},
		"a part looked up":              {logs, logged, renew + "INSERT INTO n SELECT l.id, coalesce((SELECT m.body FROM logs AS m WHERE m.id = l.id LIMIT 1), l.body) FROM logs AS l LEFT JOIN (SELECT id AS other FROM logs LIMIT 1) ON other = l.id;" + renewLog, "", "logs", ""},
		"other letters":                 {"CREATE TABLE \"Äpfel\" (a); CREATE TABLE \"äpfel\" (a);", "INSERT INTO \"Äpfel\" VALUES (1); INSERT INTO \"äpfel\" VALUES (1);", "DELETE FROM \"Äpfel\";", "delete-all", "Äpfel", "loses Äpfel"},
		"spelt as it is":                {"CREATE TABLE \"Users\" (a);", "INSERT INTO Users VALUES (1);", "DELETE FROM uSERS;", "delete-all", "Users", "loses Users"},
		"another unique constraint":     {users1, "", "DROP INDEX users_name;\nCREATE UNIQUE INDEX n ON users (name);", "", "", ""},
		"not unique any more":           {users1, "", "DROP INDEX users_name;\nCREATE INDEX users_name ON users (name);", "drop-index", "", ""},
		"an index with its column":      {users1, "", "DROP INDEX users_name;\nALTER TABLE users DROP COLUMN name;", "drop-column", "", ""},
		"an index with its table":       {users1, "", "DROP INDEX users_name;\nDROP TABLE users;", "drop-table", "users", ""},
		"an index of no promise":        {strings.ReplaceAll(users1, "UNIQUE ", ""), "", "DROP INDEX users_name;", "", "", ""},
		"another trigger":               {fired, "", "DROP TRIGGER g;", "drop-trigger", "", ""},
		"a trigger with its table":      {fired, "", "DROP TRIGGER IF EXISTS G;\nDROP TABLE users;", "drop-table", "users", ""},
	}
}

const users1 = "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT); CREATE UNIQUE INDEX users_name ON users (name);"

func TestAsides(t *testing.T) {
	t.Parallel()
	d := startEngine(t)
	for name, c := range asides() {
		t.Run(name, func(t *testing.T) {
			v := one(t, c.base, c.file)
			require.Equal(t, strings.Fields(c.want), found(v), "%v", v.Findings)
			require.ElementsMatch(t, strings.Fields(c.counted), v.Counted)
			d.fresh(t, c.base, c.rows)
			before := d.state(t)
			_, err := d.run(t, c.file+ledger)
			require.NoError(t, err)
			if c.does == "" {
				require.Empty(t, d.differences(t, before))
				return
			}
			require.True(t, slices.Contains(d.differences(t, before), c.does), "%v", d.differences(t, before))
		})
	}
}

func TestLedgers(t *testing.T) {
	t.Parallel()
	for _, file := range []string{
		"CREATE TABLE IF NOT EXISTS d1_migrations (a);", "DROP TABLE IF EXISTS [Crane_Migrations];", "INSERT INTO 'd1_migrations' VALUES (1);",
		"DELETE FROM main.`crane_migrations`;", "UPDATE \"D1_MIGRATIONS\" SET name = 'x';", "ALTER TABLE settings RENAME TO d1_migrations;",
		"CREATE VIEW v AS SELECT * FROM d1_migrations;", "CREATE TRIGGER g AFTER INSERT ON users BEGIN DELETE FROM crane_migrations; END;",
		"ALTER TABLE d1_migrations ADD COLUMN a;", "REPLACE INTO d1_migrations VALUES (1);", "CREATE INDEX i ON d1_migrations (name);",
	} {
		v := one(t, shop, file)
		require.Equal(t, []string{"ledger"}, found(v), file)
		require.True(t, v.Refused())
		require.Contains(t, v.Findings[0].Message, "a migration may not touch")
		require.Empty(t, v.Counted)
	}
	require.Empty(t, found(one(t, shop, "INSERT INTO settings VALUES ('d1_migrations', 'crane_migrations'); -- d1_migrations")))
}

// TestSpelling is about names in a query: they are those that tables really have.
func TestSpelling(t *testing.T) {
	t.Parallel()
	v := one(t, "CREATE TABLE \"Users\" (a); CREATE TABLE Old (a);", "-- crane:accept delete-all x\n-- crane:accept drop-table x\n-- crane:accept rename-table x\nDELETE FROM users;\nALTER TABLE USERS RENAME TO \"People\";\nDROP TABLE old;")
	require.False(t, v.Refused(), "%v", v.Findings)
	require.Equal(t, []string{"Old", "Users"}, v.Counted)
	require.Equal(t, map[string]string{"Users": "People", "Old": ""}, v.After)
	require.Equal(t, []string{"Old", "Users"}, v.Covered)
	require.Equal(t, "Users", v.Findings[0].Table)
	require.Equal(t, []string{"Users"}, v.Findings[0].Tables)
}

func TestAcknowledgement(t *testing.T) {
	t.Parallel()
	for _, r := range lint.Rules() {
		want := ""
		if r.Level == lint.Risk {
			want = "-- crane:accept " + r.ID + " <reason>"
		}
		require.Equal(t, want, r.Acknowledgement())
	}
}
