package migrate

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// The messages are those of workerd's D1 engine for these very texts, but for
// the ones about CREAT at 0 and 4: engines that count otherwise.
func TestPosition(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ sql, message, want string }{
		{"CREATE TABLE a(x);\n-- hello\nCREATE TABLE b(y);\n  /* c */ CREAT TABLE c(z);", `near "CREAT": syntax error at offset 8: SQLITE_ERROR`, "4:11"},
		{"CREATE TABLE a(x);\nSELECT zz FROM a;", "no such column: zz at offset 7: SQLITE_ERROR", "2:8"},
		{"CREATE TABLE a(x);\nSELECT 'abc;", `unrecognized token: "'abc;" at offset 7: SQLITE_ERROR`, "2:8"},
		{"CREATE TABLE a(x)\nINSERT INTO q VALUES(1);", `near "INSERT": syntax error at offset 18: SQLITE_ERROR`, "2:1"},
		{"CREATE TABLE a(é TEXT);  SELECT 'éééé', foo( 1) FROM a;", "no such function: foo at offset 19: SQLITE_ERROR", "1:41"},
		{"CREATE TABLE a(x);\n-- one\n/* two */ CREAT TABLE c(x);", `near "CREAT": syntax error at offset 0: SQLITE_ERROR`, "3:11"},
		{"CREATE TABLE a(x);\n\n\n CREAT TABLE c(x);", `near "CREAT": syntax error at offset 4: SQLITE_ERROR`, "4:2"},
		{"SELECT 1;\nSELECT 2;", "no such table: nope: SQLITE_ERROR", ""},
		{"SELECT x;\nSELECT x;", "no such column: x at offset 7: SQLITE_ERROR", ""},
		{"SELECT 1;", "near \"z\": syntax error at offset 99999999999999999999: SQLITE_ERROR", ""},
		{"SELECT 1;", "too many SQL variables at offset 4: SQLITE_ERROR", "1:5"},
	} {
		require.Equal(t, c.want, position(c.sql, c.message), c.message)
	}
}
