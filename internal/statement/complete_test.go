package statement_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"

	"crane/internal/statement"
)

// complete asks SQLite whether a text ends where a statement does. A comment that
// nothing ends makes it say no, so a line's end is added.
func complete(t *testing.T, sql string) bool {
	t.Helper()
	tls := libc.NewTLS()
	defer tls.Close()
	text, err := libc.CString(sql + "\n")
	require.NoError(t, err)
	defer libc.Xfree(tls, text)
	return sqlite3.Xsqlite3_complete(tls, text) != 0
}

// ended is the same question to Split.
func ended(sql string) bool {
	statements, err := statement.Split(sql)
	return err == nil && statements[len(statements)-1].Terminated
}

// different tells the texts on which Split and sqlite3_complete are known to
// disagree. sqlite3_complete does not read a byte order mark as a blank, although
// SQLite does; calls a text without statements incomplete unless it has a
// semicolon; and takes for a trigger what only begins like one: without a BEGIN,
// with nothing between BEGIN and END, with several TEMPs, or after an EXPLAIN with
// other words. SQLite refuses all of these, at the place where Split ends them.
func different(sql string) bool {
	statements, _ := statement.Split(sql)
	if len(statements) == 0 || strings.ContainsAny(sql, "\x00\ufeff") {
		return true
	}
	for _, s := range statements {
		if brokenTrigger(statement.Tokens(s.Text)) {
			return true
		}
	}
	return false
}

func brokenTrigger(tokens []statement.Token) bool {
	i := 0
	at := func(n int) string {
		if n >= len(tokens) || tokens[n].Kind != statement.Word {
			return ""
		}
		return strings.ToUpper(tokens[n].Text)
	}
	odd := false
	if at(0) == "EXPLAIN" {
		for i = 1; i < len(tokens) && at(i) != "CREATE"; i++ {
		}
		odd = i != 1 && (i != 3 || at(1) != "QUERY" || at(2) != "PLAN")
	}
	if at(i) != "CREATE" {
		return false
	}
	temps := 0
	for i++; at(i) == "TEMP" || at(i) == "TEMPORARY"; i++ {
		temps++
	}
	if at(i) != "TRIGGER" {
		return false
	}
	for ; i < len(tokens) && at(i) != "BEGIN"; i++ {
	}
	return odd || temps > 1 || i >= len(tokens) || at(i+1) == "END" || i+1 == len(tokens)
}

func FuzzComplete(f *testing.F) {
	for _, seed := range []string{
		"SELECT 1;", "SELECT 1", "SELECT ';", "SELECT 1; -- x", "SELECT 1; /* x", "SELECT \"a;b\", [c;d], `e;f`;", ";;", "SELECT 1;;",
		"CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT CASE WHEN 1 THEN 2 END; END;", "CREATE TRIGGER g BEGIN SELECT 1; END",
		"CREATE TEMP TRIGGER g BEGIN SELECT 1; END; SELECT 2", "EXPLAIN QUERY PLAN CREATE TRIGGER g BEGIN SELECT 1; END;",
		"create trigger g begin select ';end;'; -- end;\n end;", "CREATE TABLE trigger_x (begin);", "SELECT :end; END;", "CREATE TRIGGER begin BEGIN END; END;",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, sql string) {
		if !different(sql) {
			require.Equal(t, complete(t, sql), ended(sql), "%q", sql)
		}
	})
}

// TestDifferences pins the other side of each known difference.
func TestDifferences(t *testing.T) {
	t.Parallel()
	for sql, ends := range map[string]bool{
		"SELECT 1;\ufeff": true, "CREATE TRIGGER g;": true, "CREATE TRIGGER g BEGIN END;": true, "CREATE TEMP TEMP TRIGGER g BEGIN SELECT 1;": true,
		"EXPLAIN x CREATE TRIGGER g BEGIN SELECT 1;": true,
	} {
		require.True(t, different(sql), sql)
		require.Equal(t, ends, ended(sql), sql)
		require.NotEqual(t, ends, complete(t, sql), sql)
	}
}
