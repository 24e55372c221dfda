package scratch_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"crane/internal/schema"
	"crane/internal/scratch"
)

func open(t *testing.T, files ...string) *scratch.Database {
	t.Helper()
	d, err := scratch.Open(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, d.Close()) })
	require.NoError(t, d.Replay(t.Context(), files...))
	return d
}

const family = `CREATE TABLE p (id INTEGER PRIMARY KEY, n TEXT) STRICT;
CREATE TABLE c (id INTEGER PRIMARY KEY, p INTEGER REFERENCES p (id) ON DELETE CASCADE);
CREATE TABLE g (id INTEGER PRIMARY KEY, c INTEGER REFERENCES c (id) ON DELETE CASCADE);
CREATE TABLE s (id INTEGER PRIMARY KEY, p INTEGER REFERENCES p (id) ON DELETE SET NULL);`

func TestEffects(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]scratch.Effect{
		"DELETE FROM p":                  {Deletes: []string{"p", "s", "c", "g"}, Updates: []string{"s"}},
		"UPDATE p SET n = 'x'":           {Updates: []string{"p"}},
		"INSERT INTO g SELECT 1, 2":      {Inserts: []string{"g"}},
		"ALTER TABLE p ADD COLUMN x INT": {Alters: []string{"p"}},
		"CREATE TABLE x (id INT)":        {},
	} {
		got, err := open(t, family).Run(t.Context(), text)
		require.NoError(t, err, text)
		require.ElementsMatch(t, want.Alters, got.Alters, text)
		require.ElementsMatch(t, want.Inserts, got.Inserts, text)
		require.Subset(t, append(want.Deletes, want.Updates...), got.Deletes, text)
		t.Log(text, got)
	}
	got, err := open(t, family).Run(t.Context(), "DROP TABLE p")
	require.NoError(t, err)
	require.Equal(t, []string{"p"}, got.Drops)
	require.Equal(t, []string{"c", "g", "p", "s"}, got.Touches())
}

func TestDenied(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"SELECT power(2, 3)":                  "function power",
		"PRAGMA user_version = 3":             "PRAGMA user_version",
		"CREATE TEMP TABLE x (id INT)":        "TEMP",
		"BEGIN":                               "a transaction of its own",
		"SAVEPOINT x":                         "SAVEPOINT",
		"CREATE TABLE _cf_x (id INT)":         "the name _cf_x",
		"ALTER TABLE c ALTER p SET NOT NULL":  "function sqlite_fail",
		"CREATE VIRTUAL TABLE d USING dbstat": "module dbstat",
	} {
		got, err := open(t, family).Run(t.Context(), text)
		require.Error(t, err, text)
		require.Equal(t, []string{want}, got.Denied, text)
	}
}

func TestSchemaRoundTrip(t *testing.T) {
	t.Parallel()
	d := open(t, family, `CREATE INDEX "by_n" ON p(n); CREATE VIEW v AS SELECT * FROM p;
CREATE TRIGGER t AFTER INSERT ON p BEGIN SELECT CASE WHEN 1 THEN 2 END; END;
CREATE VIRTUAL TABLE f USING fts5(a); CREATE TABLE f_other (id INT);`)
	s, err := d.Schema(t.Context())
	require.NoError(t, err)
	var names []string
	for _, o := range s {
		names = append(names, o.Kind+" "+o.Name)
	}
	require.Equal(t, []string{"table c", "table f", "table f_other", "table g", "table p", "table s", "index by_n", "view v", "trigger t"}, names)
	again := open(t)
	require.NoError(t, again.Load(t.Context(), s))
	same, err := again.Schema(t.Context())
	require.NoError(t, err)
	require.Empty(t, s.Diff(same))
	require.Equal(t, "create table g(id integer primary key, c integer references c(id) on delete cascade)",
		schema.Normal("CREATE  TABLE \"g\" ( id INTEGER PRIMARY KEY,\n [c] INTEGER REFERENCES c(id)ON DELETE CASCADE) -- x"))
	tables, err := d.Tables(t.Context())
	require.NoError(t, err)
	require.Equal(t, []scratch.ForeignKey{{Parent: "p", OnDelete: "SET NULL", OnUpdate: "NO ACTION", Columns: []string{"p"}, Keys: []string{"id"}}}, tables["s"].Parents)
}

// TestLikeD1 is what a plain SQLite does differently.
func TestLikeD1(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"DELETE FROM c WHERE id > 1 ORDER BY id LIMIT 1", "UPDATE c SET p = 1 LIMIT 1", "EXPLAIN SELECT 1", "PRAGMA foreign_keys = OFF",
		"CREATE TABLE x AS WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i, id FROM n, c -- all",
	} {
		d := open(t, family)
		_, err := d.Run(t.Context(), text)
		require.NoError(t, err, text)
		effect, err := d.Run(t.Context(), "DELETE FROM p")
		require.NoError(t, err)
		require.Equal(t, []string{"c", "g", "p", "s"}, effect.Touches(), "foreign keys stay on after %s", text)
	}
	for text, want := range map[string]string{
		"ALTER TABLE c RENAME TO _cf_c": "the name _cf_c", "CREATE INDEX _CF_i ON c (p)": "the name _CF_i",
		"CREATE VIEW _cf_v AS SELECT 1": "the name _cf_v", "VACUUM": "VACUUM",
	} {
		effect, err := open(t, family).Run(t.Context(), text)
		require.ErrorIs(t, err, scratch.ErrRefused, text)
		require.Equal(t, []string{want}, effect.Denied)
	}
}

func TestTryLeavesNothing(t *testing.T) {
	t.Parallel()
	d := open(t, family)
	before, err := d.Schema(t.Context())
	require.NoError(t, err)
	require.NoError(t, d.Try(t.Context(), "CREATE TABLE x (id)", "INSERT INTO x VALUES (1)"))
	require.EqualError(t, d.Try(t.Context(), "CREATE TABLE x (id)", "INSERT INTO x VALUES (1)", "ALTER TABLE x ADD COLUMN n NOT NULL"),
		"Cannot add a NOT NULL column with default value NULL")
	after, err := d.Schema(t.Context())
	require.NoError(t, err)
	require.Empty(t, before.Diff(after))
}

// TestAfter follows a history step by step and compares with reading it all.
func TestAfter(t *testing.T) {
	t.Parallel()
	d := open(t, family)
	now, err := d.Snapshot(t.Context())
	require.NoError(t, err)
	for _, s := range []struct{ verb, text, dropped string }{
		{"CREATE", "CREATE TABLE n (id INTEGER PRIMARY KEY, n TEXT UNIQUE)", ""}, {"CREATE", "CREATE INDEX i ON p (n)", ""},
		{"DROP", "DROP TABLE p", "table p"}, {"RENAME", "ALTER TABLE n RENAME TO p", ""}, {"CREATE", "CREATE INDEX i ON p (n)", ""},
		{"CREATE", "CREATE VIEW v AS SELECT n FROM p", ""}, {"CREATE", "CREATE TRIGGER t INSTEAD OF INSERT ON v BEGIN SELECT 1; END", ""},
		{"DROP", "DROP VIEW v", "view v"}, {"CREATE", "CREATE VIRTUAL TABLE f USING fts5 (a)", ""}, {"DROP", "DROP INDEX i", "index i"},
		{"CREATE", "CREATE TABLE z (id INT)", ""}, {"DROP", "DROP TABLE f", "table f"}, {"ALTER", "ALTER TABLE p ADD COLUMN x INT", "table P"}, {"ALTER", "ALTER TABLE p DROP COLUMN x", "table p"},
	} {
		_, err := d.Run(t.Context(), s.text)
		require.NoError(t, err, s.text)
		now, err = d.After(t.Context(), now, s.verb, s.dropped)
		require.NoError(t, err, s.text)
		all, err := d.Snapshot(t.Context())
		require.NoError(t, err)
		require.Equal(t, all.Objects, now.Objects, s.text)
		require.Equal(t, all.Tables, now.Tables, s.text)
	}
	require.Equal(t, [][]string{{"n"}}, now.Tables["p"].Uniques)
}

func TestFold(t *testing.T) {
	t.Parallel()
	require.Equal(t, "Äpfel_ab", scratch.Fold("Äpfel_AB"))
	require.True(t, scratch.Same("Äx", "ÄX"))
	require.False(t, scratch.Same("Äx", "äx"))
	tables, err := open(t, "CREATE TABLE Äpfel (a); CREATE TABLE äpfel (b);").Tables(t.Context())
	require.NoError(t, err)
	require.Len(t, tables, 2)
	require.Equal(t, "Äpfel", tables["Äpfel"].Name)
}

func TestFiredTriggers(t *testing.T) {
	t.Parallel()
	d := open(t, family, "CREATE TRIGGER One AFTER INSERT ON p BEGIN INSERT OR REPLACE INTO c VALUES (1, new.id); END; CREATE TRIGGER two AFTER DELETE ON p BEGIN DELETE FROM g; END;")
	effect, err := d.Run(t.Context(), "INSERT INTO p VALUES (1, 'a')")
	require.NoError(t, err)
	require.Equal(t, []string{"one"}, effect.Triggers)
}
