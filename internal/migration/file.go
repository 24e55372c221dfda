// Package migration reads the migrations of a database: files that are named and
// ordered by their numbers, normalised and hashed. It knows neither databases nor
// what is in the files, so that a program that only has to declare them stays small.
package migration

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"crane/internal/statement"
)

// File is one migration.
type File struct {
	// Name is the file's name, such as 0002_notes.sql; the ledger knows it by this.
	Name string
	// SHA256 is the digest of the normalised text, as 64 hexadecimal digits.
	SHA256 string
	// SQL is the normalised text: UTF-8, lines ended by LF. What was hashed is
	// what is sent. Planning does not need it.
	SQL string
}

// Source is a migration as it was found.
type Source struct {
	Name string
	Text []byte
}

// named is the shape of a name. Wrangler orders by the number before the
// underscore too, and quotes in a name break older versions of it.
var named = regexp.MustCompile(`^([0-9]{1,18})_[^'"/\\` + "`" + `]+\.sql$`)

// Read reads the migrations of a folder: its files that end in .sql.
func Read(folder fs.FS) ([]File, error) {
	entries, err := fs.ReadDir(folder, ".")
	if err != nil {
		return nil, fmt.Errorf("cannot read the migrations: %w", err)
	}
	var sources []Source
	for _, entry := range entries {
		if entry.IsDir() || !strings.EqualFold(extension(entry.Name()), ".sql") {
			continue
		}
		text, err := fs.ReadFile(folder, entry.Name())
		if err != nil {
			return nil, fmt.Errorf("cannot read the migrations: %w", err)
		}
		sources = append(sources, Source{Name: entry.Name(), Text: text})
	}
	return Files(sources)
}

// Files checks migrations and puts them in the order of their numbers. It
// refuses with an InvalidError that has every problem of every file.
func Files(sources []Source) ([]File, error) {
	var files []File
	var problems []string
	byNumber := map[uint64]string{}
	for _, s := range sources {
		for _, problem := range problemsOf(s) {
			problems = append(problems, s.Name+": "+problem)
		}
		n, ok := Number(s.Name)
		if other, taken := byNumber[n]; ok && taken {
			problems = append(problems, fmt.Sprintf("%s: has the same number as %s", s.Name, other))
		}
		byNumber[n] = s.Name
		text := normalise(s.Text)
		files = append(files, File{Name: s.Name, SHA256: digest(text), SQL: text})
	}
	if len(problems) > 0 {
		return nil, &InvalidError{Problems: problems}
	}
	slices.SortFunc(files, ByNumber)
	return files, padded(files)
}

// padded refuses names whose order as text is not that of their numbers: other
// tools, and other versions of the same tool, sort by one or by the other.
func padded(files []File) error {
	var problems []string
	for i := 1; i < len(files); i++ {
		if strings.Compare(files[i-1].Name, files[i].Name) > 0 {
			problems = append(problems, fmt.Sprintf("%s: sorts before %s as text: pad the numbers with zeros", files[i].Name, files[i-1].Name))
		}
	}
	if len(problems) > 0 {
		return &InvalidError{Problems: problems}
	}
	return nil
}

func problemsOf(s Source) []string {
	var problems []string
	if _, ok := Number(s.Name); !ok {
		problems = append(problems, "the name is not <number>_<words>.sql without quotes, such as 0002_notes.sql")
	}
	if !utf8.Valid(s.Text) || bytes.IndexByte(s.Text, 0) >= 0 {
		return append(problems, "is not UTF-8 text")
	}
	if problem := unfinished(normalise(s.Text)); problem != "" {
		problems = append(problems, problem)
	}
	return problems
}

// unfinished finds what would swallow the ledger's own statement, which is sent
// after the file's text: SQLite takes even a comment that is never closed.
func unfinished(text string) string {
	statements, err := statement.Split(text)
	switch {
	case err != nil:
		return err.Error()
	case len(statements) == 0:
		return "is empty"
	case !statements[len(statements)-1].Terminated:
		return "does not end with a semicolon"
	}
	return ""
}

// Number is what orders a file, and whether its name has the right shape.
func Number(name string) (uint64, bool) {
	m := named.FindStringSubmatch(name)
	if m == nil {
		return 0, false
	}
	n, err := strconv.ParseUint(m[1], 10, 64)
	return n, err == nil
}

// ByNumber orders files by their numbers, then by their names.
func ByNumber(a, b File) int {
	x, _ := Number(a.Name)
	y, _ := Number(b.Name)
	return cmp.Or(cmp.Compare(x, y), strings.Compare(a.Name, b.Name))
}

// normalise makes a checkout on Windows the same as one elsewhere. D1's own
// splitting of statements fails on CRLF inside a trigger, see
// https://github.com/cloudflare/workers-sdk/issues/14991.
func normalise(text []byte) string { return strings.ReplaceAll(string(text), "\r\n", "\n") }

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

func extension(name string) string { return name[max(strings.LastIndexByte(name, '.'), 0):] }
