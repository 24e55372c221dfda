package statement_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"crane/internal/statement"
)

func texts(t *testing.T, sql string) []string {
	t.Helper()
	statements, err := statement.Split(sql)
	require.NoError(t, err)
	var all []string
	for _, s := range statements {
		require.Equal(t, s.Text, sql[s.Offset:s.Offset+len(s.Text)], "the offset points at the text")
		all = append(all, s.Text)
	}
	return all
}

func TestSplit(t *testing.T) {
	t.Parallel()
	trigger := "create trigger t after update on a\nbegin\n" +
		"  update b set x = case when y = 'end;' then 1 else 2 end;\n" +
		"  select case when 1 then (case 2 when 2 then 3 end) end; -- end;\n" +
		"end"
	cases := map[string]struct {
		sql  string
		want []string
	}{
		"nothing":                 {"", nil},
		"blanks, comments, empty": {" ; -- a;b\n /* c;d */ ;;\n", nil},
		"two":                     {"SELECT 1; SELECT 2", []string{"SELECT 1", "SELECT 2"}},
		"string":                  {"SELECT 'a;''b;'; SELECT 2", []string{"SELECT 'a;''b;'", "SELECT 2"}},
		"quoted names":            {"SELECT \"a;\"\";\", `b;`, [c;]; S", []string{"SELECT \"a;\"\";\", `b;`, [c;]", "S"}},
		"comment inside":          {"SELECT 1 -- no; \n, 2 /* ; */; S", []string{"SELECT 1 -- no; \n, 2", "S"}},
		"quote in a comment":      {"-- it's\nSELECT 1; /* \" */ SELECT 2;", []string{"SELECT 1", "SELECT 2"}},
		"minus and divide":        {"SELECT 1 - -1; SELECT 4/2*1", []string{"SELECT 1 - -1", "SELECT 4/2*1"}},
		"byte order mark":         {"\ufeffSELECT 1;", []string{"SELECT 1"}},
		"trigger":                 {trigger + "; SELECT 1", []string{trigger, "SELECT 1"}},
		"upper trigger":           {strings.ToUpper(trigger) + ";\n\nS", []string{strings.ToUpper(trigger), "S"}},
		"temp trigger":            {"CREATE TEMP TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; END; S", []string{"CREATE TEMP TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; END", "S"}},
		"explained trigger":       {"EXPLAIN QUERY PLAN CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; END; S", []string{"EXPLAIN QUERY PLAN CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; END", "S"}},
		"end as a name":           {"CREATE TRIGGER t AFTER UPDATE OF \"end\" ON a BEGIN SELECT end, :end FROM x; END; S", []string{"CREATE TRIGGER t AFTER UPDATE OF \"end\" ON a BEGIN SELECT end, :end FROM x; END", "S"}},
		"empty trigger":           {"CREATE TRIGGER t AFTER INSERT ON a BEGIN END; S", []string{"CREATE TRIGGER t AFTER INSERT ON a BEGIN END", "S"}},
		"broken trigger":          {"CREATE TRIGGER t; S", []string{"CREATE TRIGGER t", "S"}},
		"open trigger":            {"CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; S", []string{"CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; S"}},
		"transaction":             {"BEGIN; SELECT 1; END; S", []string{"BEGIN", "SELECT 1", "END", "S"}},
		"case":                    {"SELECT CASE 1 WHEN 1 THEN 2 END; S", []string{"SELECT CASE 1 WHEN 1 THEN 2 END", "S"}},
		"table named trigger":     {"CREATE TABLE \"trigger\" (begin); S", []string{"CREATE TABLE \"trigger\" (begin)", "S"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, c.want, texts(t, c.sql))
		})
	}
}

func TestSplitPlaces(t *testing.T) {
	t.Parallel()
	got, err := statement.Split("SELECT 'é';  SELECT 'ü', 2;\r\n\n  -- x\n  SELECT\n3;\nSELECT 4")
	require.NoError(t, err)
	require.Equal(t, []statement.Statement{
		{Text: "SELECT 'é'", Offset: 0, Line: 1, Column: 1, Terminated: true},
		{Text: "SELECT 'ü', 2", Offset: 14, Line: 1, Column: 14, Terminated: true},
		{Text: "SELECT\n3", Offset: 41, Line: 4, Column: 3, Terminated: true},
		{Text: "SELECT 4", Offset: 51, Line: 6, Column: 1, Terminated: false},
	}, got)
}

func TestSplitUnterminated(t *testing.T) {
	t.Parallel()
	cases := map[string]string{
		"S;\n 'abc; ''x":    "the string that opens at line 2, column 2 is never closed",
		"S;\n \"abc; ":      "the quoted identifier that opens at line 2, column 2 is never closed",
		"S;\n [abc; ":       "the quoted identifier that opens at line 2, column 2 is never closed",
		"S;\n /* abc; */* ": "",
		"S;\n T /* abc; ":   "the comment that opens at line 2, column 4 is never closed",
		"S;\n T /*/":        "the comment that opens at line 2, column 4 is never closed",
	}
	for sql, message := range cases {
		statements, err := statement.Split(sql)
		require.Len(t, statements, 2, sql)
		if message == "" {
			require.NoError(t, err)
			continue
		}
		require.EqualError(t, err, message, sql)
		var unterminated *statement.UnterminatedError
		require.ErrorAs(t, err, &unterminated)
	}
}

func TestHazards(t *testing.T) {
	t.Parallel()
	head := "CREATE TABLE a (x);\r\nCREATE TRIGGER t AFTER INSERT ON a "
	cases := map[string]struct {
		sql  string
		want []string
	}{
		"none":                 {head + "BEGIN\n UPDATE a SET x = 1;\nEND;", nil},
		"crlf before the body": {head + "\r\nBEGIN UPDATE a SET x = 1; END;\r\n", nil},
		"crlf":                 {head + "BEGIN\r\n UPDATE a SET x = 1;\r\nEND;", []string{"CRLF"}},
		"crlf in a string":     {head + "BEGIN UPDATE a SET x = 'a\r\nb'; END;", nil},
		"lower case":           {head + "begin UPDATE a SET x = 1; end;", []string{"upper case", "upper case"}},
		"mixed case":           {head + "BEGIN UPDATE a SET x = 1; End;", []string{"upper case"}},
		"case":                 {head + "BEGIN UPDATE a SET x = CASE 1 WHEN 1 THEN 2 END; END;", []string{"CASE"}},
		"case in parentheses":  {head + "BEGIN UPDATE a SET x = (CASE 1 WHEN 1 THEN 2 END); END;", nil},
		"case in WHEN":         {head + "WHEN CASE 1 WHEN 1 THEN 2 END BEGIN UPDATE a SET x = 1; END;", nil},
		"no trigger":           {"select case 1 when 1 then 2 end;\r\nbegin;\r\nend;", nil},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			found := statement.Hazards(c.sql)
			require.Len(t, found, len(c.want))
			for i, h := range found {
				require.Contains(t, h.Reason, c.want[i])
				require.Equal(t, 1+strings.Count(c.sql[:h.Offset], "\n"), h.Line)
			}
		})
	}
}

// FuzzSplit holds for any text: the statements are cut from it in order, and
// what lies between two of them holds no letter outside comments.
func FuzzSplit(f *testing.F) {
	f.Add("CREATE TRIGGER t BEGIN S; END; 'a;' [;] -- ;\n/*;*/ ;")
	f.Fuzz(func(t *testing.T, sql string) {
		statements, _ := statement.Split(sql)
		at := 0
		for _, s := range statements {
			require.GreaterOrEqual(t, s.Offset, at)
			at = s.Offset + len(s.Text)
			require.Equal(t, s.Text, sql[s.Offset:at])
			again, _ := statement.Split(s.Text)
			require.Len(t, again, 1, "a statement is one statement: %q", s.Text)
		}
		statement.Hazards(sql)
	})
}

func TestComments(t *testing.T) {
	t.Parallel()
	sql := "-- one\nSELECT '-- no', \"-- no\"; -- ü two\n/* -- no */ SELECT 1 -- three"
	require.Equal(t, []statement.Comment{{"-- one", 1, 1}, {"-- ü two", 2, 26}, {"-- three", 3, 22}}, statement.Comments(sql))
	require.Empty(t, statement.Comments("SELECT '-- open"))
}
