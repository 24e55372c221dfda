package lint_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"crane/internal/lint"
	"crane/internal/schema"
	"crane/internal/scratch"
)

func schemaOf(t *testing.T, sql string) schema.Schema {
	t.Helper()
	db, err := scratch.Open(context.Background())
	require.NoError(t, err)
	defer db.Close()
	require.NoError(t, db.Replay(t.Context(), sql))
	s, err := db.Schema(t.Context())
	require.NoError(t, err)
	return s
}

func TestRuns(t *testing.T) {
	t.Parallel()
	const written = `CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT UNIQUE, age INTEGER) STRICT; CREATE VIEW names AS SELECT name FROM users;`
	for what, tc := range map[string]struct {
		then string
		says []string
	}{
		"nothing":              {"", nil},
		"more of everything":   {"CREATE TABLE a (b); ALTER TABLE users ADD COLUMN c TEXT; ALTER TABLE users ADD COLUMN d TEXT NOT NULL DEFAULT ''; CREATE INDEX i ON users (age);", nil},
		"a column gone":        {"ALTER TABLE users DROP COLUMN age;", []string{"column users.age is gone"}},
		"a column renamed":     {"ALTER TABLE users RENAME COLUMN age TO years;", []string{"column users.age is gone"}},
		"a view gone":          {"DROP VIEW names;", []string{"view names is gone"}},
		"a table gone":         {"DROP VIEW names; DROP TABLE users;", []string{"table users is gone", "view names is gone"}},
		"required and no key":  {"DROP VIEW names; DROP TABLE users; CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, age INTEGER NOT NULL, email TEXT NOT NULL) STRICT; CREATE VIEW names AS SELECT name FROM users;", []string{"column users.age has to be given now", "column users.email has to be given, and the old code does not know it", "users (name) is not unique any more"}},
		"generated":            {"DROP VIEW names; DROP TABLE users; CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT UNIQUE, age INTEGER AS (id) STORED) STRICT; CREATE VIEW names AS SELECT name FROM users;", []string{"column users.age is generated now"}},
		"another type":         {"DROP VIEW names; DROP TABLE users; CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT UNIQUE, age TEXT) STRICT; CREATE VIEW names AS SELECT name FROM users;", []string{"column users.age takes TEXT only now"}},
		"another key":          {"DROP VIEW names; DROP TABLE users; CREATE TABLE users (id TEXT NOT NULL PRIMARY KEY, name TEXT UNIQUE, age INTEGER) STRICT; CREATE VIEW names AS SELECT name FROM users;", []string{"column users.id has to be given now", "users (id) has to be unique now"}},
		"unique":               {"DROP VIEW names; DROP TABLE users; CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT UNIQUE, age INTEGER UNIQUE) STRICT; CREATE VIEW names AS SELECT name FROM users;", []string{"users (age) has to be unique now"}},
		"in other letters too": {"DROP VIEW names; ALTER TABLE users RENAME TO tmp; ALTER TABLE tmp RENAME TO USERS; CREATE VIEW Names AS SELECT name FROM users;", nil},
	} {
		lines, err := lint.Runs(t.Context(), schemaOf(t, written), schemaOf(t, written+tc.then))
		require.NoError(t, err, what)
		require.Equal(t, tc.says, lines, what)
	}
}
