package lint_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"crane/internal/lint"
)

func TestAcknowledgements(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ file, says, covered string }{
		{"DROP TABLE settings;", "refused: drop-table at 1:1", ""},
		{"-- crane:accept drop-table nobody reads it\nDROP TABLE settings;", "accepted: drop-table (nobody reads it)", "settings"},
		{"DROP TABLE settings; --crane:accept   drop-table   nobody reads it ", "accepted: drop-table (nobody reads it)", "settings"},
		{"-- crane:accept drop-table both\nDROP TABLE settings;\nDROP TABLE lines;", "accepted: drop-table (both)", "lines settings"},
		{"-- crane:accept drop-table\nDROP TABLE settings;", "refused: bad-accept at 1:1, drop-table at 2:1", ""},
		{"-- crane:accept\nDROP TABLE settings;", "refused: bad-accept at 1:1, drop-table at 2:1", ""},
		{"-- crane:accept drop-tables nobody reads it\nDROP TABLE settings;", "refused: bad-accept at 1:1, drop-table at 2:1", ""},
		{"DROP TABLE settings;\n  -- crane:accept delete-all no\n", "refused: drop-table at 1:1, bad-accept at 2:3", ""},
		{"-- crane:accept add-not-null empty\nALTER TABLE users ADD COLUMN a NOT NULL;", "refused: bad-accept at 1:1, add-not-null at 2:1", ""},
		{"-- crane:accept drop-table '\nDROP TABLE settings;\nCREATE TABLE x (a DEFAULT '\n-- crane:accept delete-all x');", "accepted: drop-table (')", "settings"},
		{"/*\n-- crane:accept drop-table no\n*/ DROP TABLE settings;", "refused: drop-table at 3:4", ""},
		{"-- crane:accept delete-rows old ones\nDELETE FROM users WHERE age > 9;", "accepted: delete-rows (old ones)", "lines orders users"},
		{"-- crane:accept cascade they go\nDROP TABLE orders;", "refused: drop-table at 2:1", "lines"},
		{"PRAGMA foreign_keys = OFF;", "ok, 1 note", ""},
		{"PRAGMA foreign_keys = OFF; PRAGMA foreign_keys = ON;", "ok, 2 notes", ""},
		{"SELECT 1;", "ok", ""},
	} {
		v := one(t, shop, c.file)
		require.Equal(t, c.says, v.String(), c.file)
		require.Equal(t, strings.HasPrefix(c.says, "refused"), v.Refused())
		require.ElementsMatch(t, strings.Fields(c.covered), v.Covered, c.file)
		require.Subset(t, v.Counted, v.Covered)
	}
	require.Contains(t, one(t, "", "-- crane:accept x y\nSELECT 1;").Findings[0].Message, "update-all")
}

func TestPlaces(t *testing.T) {
	t.Parallel()
	v := one(t, shop, "SELECT 1; /* ü */ DELETE FROM\n settings;\nCREATE INDEX i ON\n users (email, json_extract(age, '$'));")
	require.Equal(t, "refused: delete-all at 1:19, expression-index at 4:16", v.String())
	require.Equal(t, lint.Finding{
		File: "0001_a.sql", Line: 1, Column: 19, Rule: "delete-all", Level: lint.Risk, Message: "all rows of settings are lost",
		Rewrite: "name the rows: DELETE FROM settings WHERE …;", Table: "settings", Tables: []string{"settings"},
	}, v.Findings[0])
}

func TestAfterARefusal(t *testing.T) {
	t.Parallel()
	verdicts, err := lint.Check(t.Context(), made(t, shop), []lint.File{
		{Name: "0001_a.sql", SQL: "DROP TABLE settings;"}, {Name: "0002_b.sql", SQL: "CREATE TABLE y (a);\nINSERT INTO settings VALUES (1, 2);\nDROP TABLE users;"},
		{Name: "0003_c.sql", SQL: "SELECT 1;"},
	})
	require.NoError(t, err)
	require.Len(t, verdicts, 3)
	require.Equal(t, "refused: refused at 2:1", verdicts[1].String())
	require.Equal(t, "no such table: settings", verdicts[1].Findings[0].Message)
	require.Equal(t, "refused: refused at 1:1", verdicts[2].String())
	require.Equal(t, "is not checked, because it comes after 0002_b.sql", verdicts[2].Findings[0].Message)
}

// TestFromFileToFile is about what the database has and what only files have made.
func TestFromFileToFile(t *testing.T) {
	t.Parallel()
	verdicts, err := lint.Check(t.Context(), made(t, shop), []lint.File{
		{Name: "1", SQL: "CREATE TABLE tags (id INTEGER PRIMARY KEY, user INTEGER REFERENCES users (id) ON DELETE CASCADE);"},
		{Name: "2", SQL: "INSERT INTO tags VALUES (1, NULL);\nALTER TABLE settings RENAME TO options;"},
		{Name: "3", SQL: "DELETE FROM tags;\nALTER TABLE tags ADD COLUMN a TEXT;\nDELETE FROM options;"},
		{Name: "4", SQL: "INSERT INTO tags (id) VALUES (1);\nALTER TABLE tags ADD COLUMN n TEXT NOT NULL;"},
		{Name: "5", SQL: "DROP TABLE users;"},
	})
	require.NoError(t, err)
	var says []string
	for _, v := range verdicts {
		says = append(says, v.String())
	}
	require.Equal(t, []string{
		"ok", "refused: rename-table at 2:1", "refused: delete-all at 3:1", "refused: add-not-null at 2:1",
		"refused: cascade at 1:1, drop-table at 1:1, set-null at 1:1",
	}, says)
	require.Equal(t, []string{"options"}, verdicts[2].Counted)
	require.Equal(t, []string{"lines", "orders"}, verdicts[4].Findings[0].Tables, "tags are not of the database")
}

func TestExplain(t *testing.T) {
	t.Parallel()
	r, err := lint.Explain("cascade")
	require.NoError(t, err)
	require.Contains(t, r.Sentence, "ON DELETE CASCADE")
	_, err = lint.Explain("cascades")
	require.ErrorIs(t, err, lint.ErrUnknownRule)
	require.ErrorContains(t, err, `there is no rule "cascades"; there are: add-check, `)
}
