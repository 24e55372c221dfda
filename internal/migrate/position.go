package migrate

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"crane/internal/statement"
)

// What D1's messages say about where a statement is wrong.
var (
	atOffset  = regexp.MustCompile(` at offset ([0-9]+)`)
	wordStart = regexp.MustCompile(`^[\pL\pN_$]`)
	wordEnd   = regexp.MustCompile(`[\pL\pN_$]$`)
	offending = regexp.MustCompile(`(?:near|token:) "(.*)"|no such (?:table|column|function): (\S+)`)
)

// position turns D1's "at offset N" into line:column of the file, counted from
// one, in characters; empty when the message does not say where.
//
// N is in bytes, from where the failing statement begins, and D1 does not say
// which statement that is. So each statement is tried, and the one that has the
// text complained about at N is the one; if several have, none is named.
func position(sql, message string) string {
	m := atOffset.FindStringSubmatch(message)
	if m == nil {
		return ""
	}
	offset, err := strconv.Atoi(m[1])
	if err != nil {
		return ""
	}
	found := candidates(sql, offset, wrong(message))
	if len(found) != 1 {
		return ""
	}
	before := sql[:found[0]+offset]
	line := strings.Count(before, "\n") + 1
	column := utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:]) + 1
	return fmt.Sprintf("%d:%d", line, column)
}

// wrong is the text a message complains about, if it names it.
func wrong(message string) string {
	m := offending.FindStringSubmatch(message)
	if m == nil {
		return ""
	}
	return m[1] + m[2]
}

// candidates are the places in the file that the offset may mean. Where a
// statement begins is the engine's to say: D1's counts from after the blanks,
// with comments; one that is handed the statement alone, from after the
// comments too; SQLite itself, from the semicolon before.
func candidates(sql string, offset int, text string) []int {
	after, alone, raw := starts(sql)
	elsewhere := func(at int) bool { return at+offset >= len(sql) || !begins(sql[at+offset:], text) }
	for _, begin := range [][]int{after, alone, raw} {
		if found := slices.DeleteFunc(begin, elsewhere); len(found) > 0 {
			return found
		}
	}
	return nil
}

// starts are the places where each statement may be said to begin.
func starts(sql string) (after, alone, raw []int) {
	statements, _ := statement.Split(sql)
	end := 0
	for _, s := range statements {
		between := sql[end:s.Offset]
		raw = append(raw, end)
		after = append(after, end+len(between)-len(strings.TrimLeftFunc(between, unicode.IsSpace)))
		alone = append(alone, s.Offset)
		end = s.Offset + len(s.Text)
		end += strings.IndexByte(sql[end:], ';') + 1
	}
	return after, alone, raw
}

// begins reports whether a text begins with a whole word, or with what is none.
func begins(text, word string) bool {
	rest, ok := strings.CutPrefix(text, word)
	return ok && (!wordEnd.MatchString(word) || !wordStart.MatchString(rest))
}
