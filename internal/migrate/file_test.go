package migrate_test

import (
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"crane/internal/migrate"
)

func folder(files map[string]string) fstest.MapFS {
	out := fstest.MapFS{}
	for name, text := range files {
		out[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return out
}

func names(files []migrate.File) []string {
	var out []string
	for _, f := range files {
		out = append(out, f.Name)
	}
	return out
}

func TestReadOrdersByNumber(t *testing.T) {
	t.Parallel()
	files, err := migrate.Read(folder(map[string]string{
		"0010_ten.sql": "SELECT 10;", "0009_nine.sql": "SELECT 9;", "0001_one.sql": "SELECT 1;",
		"README.md": "no migration",
	}))
	require.NoError(t, err)
	require.Equal(t, []string{"0001_one.sql", "0009_nine.sql", "0010_ten.sql"}, names(files))
}

// TestReadRefusesUnpaddedNumbers: wrangler lists by text and applies by number.
func TestReadRefusesUnpaddedNumbers(t *testing.T) {
	t.Parallel()
	_, err := migrate.Read(folder(map[string]string{"9_nine.sql": "SELECT 9;", "10_ten.sql": "SELECT 10;", "0001_one.sql": "SELECT 1;"}))
	require.ErrorIs(t, err, migrate.ErrInvalid)
	require.EqualError(t, err, "invalid migrations:\n  10_ten.sql: sorts before 9_nine.sql as text: pad the numbers with zeros")
}

func TestLineEndsMakeNoDifference(t *testing.T) {
	t.Parallel()
	unix, err := migrate.Files([]migrate.Source{{Name: "0001_a.sql", Text: []byte("SELECT 1;\nSELECT 2;\n")}})
	require.NoError(t, err)
	windows, err := migrate.Files([]migrate.Source{{Name: "0001_a.sql", Text: []byte("SELECT 1;\r\nSELECT 2;\r\n")}})
	require.NoError(t, err)
	require.Equal(t, unix, windows)
	require.Equal(t, "SELECT 1;\nSELECT 2;\n", windows[0].SQL)
	require.Equal(t, "82efb67f3010c6eb7ead02e4f6d9550633dbc1407f99aa487468e7b2567aebbc", unix[0].SHA256)
}

func TestReadRefusesEverythingAtOnce(t *testing.T) {
	t.Parallel()
	_, err := migrate.Read(folder(map[string]string{
		"0001_a.sql":     "SELECT 1;",
		"1_b.sql":        "SELECT 1;",
		"notes.sql":      "SELECT 1;",
		"0003_it's.sql":  "SELECT 1;",
		"0004_blank.sql": " \n",
		"0005_latin.sql": "SELECT '\xe9';",
		"0006_nul.sql":   "SELECT 1;\x00",
		"0007_open.sql":  "SELECT 1",
		"0008_UP.SQL":    "SELECT 1;",
	}))
	require.ErrorIs(t, err, migrate.ErrInvalid)
	require.EqualError(t, err, `invalid migrations:
  0003_it's.sql: the name is not <number>_<words>.sql without quotes, such as 0002_notes.sql
  0004_blank.sql: is empty
  0005_latin.sql: is not UTF-8 text
  0006_nul.sql: is not UTF-8 text
  0007_open.sql: does not end with a semicolon
  0008_UP.SQL: the name is not <number>_<words>.sql without quotes, such as 0002_notes.sql
  1_b.sql: has the same number as 0001_a.sql
  notes.sql: the name is not <number>_<words>.sql without quotes, such as 0002_notes.sql`)
}

func TestReadRefusesAMissingFolder(t *testing.T) {
	t.Parallel()
	_, err := migrate.Read(missing{})
	require.ErrorContains(t, err, "cannot read the migrations")
}

func TestEndOfAFile(t *testing.T) {
	t.Parallel()
	for text, complete := range map[string]bool{
		"SELECT 1;":                       true,
		"SELECT 1;\n-- the end":           true,
		"SELECT 1; /* the ; end */ \n":    true,
		"SELECT ';';":                     true,
		"SELECT 'it''s;' , [a;b], `c;`;":  true,
		"CREATE TRIGGER t BEGIN x; END;":  true,
		"-- only a comment":               false,
		"SELECT 1":                        false,
		"SELECT 1 -- ;":                   false,
		"SELECT 1; /* never closed":       false,
		"SELECT 1; SELECT 'never closed;": false,
		"SELECT 1; SELECT 2":              false,
	} {
		_, err := migrate.Files([]migrate.Source{{Name: "0001_a.sql", Text: []byte(text)}})
		require.Equal(t, complete, err == nil, text)
	}
}
