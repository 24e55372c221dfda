package statement

import (
	"strings"
	"unicode/utf8"
)

// kind is what a token is, as far as cutting needs to know.
type kind int

const (
	other kind = iota
	word
	quoted
	semicolon
	opening
	closing
)

// token is one token of the text; blanks and comments are none.
type token struct {
	kind       kind
	start, end int
}

// is compares a bare word with a keyword in upper case. A quoted word is never
// a keyword.
func (t token) is(sql, keyword string) bool {
	return t.kind == word && strings.EqualFold(sql[t.start:t.end], keyword)
}

// place is a position in the text.
type place struct{ offset, line, column int }

// advance moves the place forward to the byte at offset.
func (p *place) advance(sql string, offset int) {
	passed := sql[p.offset:offset]
	if last := strings.LastIndexByte(passed, '\n'); last >= 0 {
		p.line += strings.Count(passed, "\n")
		p.column = 1
		passed = passed[last+1:]
	}
	p.column += utf8.RuneCountInString(passed)
	p.offset = offset
}

// placeOf is the line and column of the byte at offset.
func placeOf(sql string, offset int) place {
	p := place{line: 1, column: 1}
	p.advance(sql, offset)
	return p
}

// byteOrderMark is a blank to SQLite.
const byteOrderMark = "\ufeff"

// scan reads all tokens. On an unterminated token the rest of the text is one
// token, or none when it is a comment.
func scan(sql string) ([]token, error) {
	var tokens []token
	for i := 0; i < len(sql); {
		end, kind, err := next(sql, i)
		if kind >= 0 {
			tokens = append(tokens, token{kind, i, end})
		}
		if err != nil {
			return tokens, err
		}
		i = end
	}
	return tokens, nil
}

// skip is the kind of what is no token.
const skip kind = -1

// next reads one token, comment or blank from i on.
func next(sql string, i int) (end int, k kind, err error) {
	rest := sql[i:]
	switch c := sql[i]; {
	case strings.HasPrefix(rest, "--"):
		return lineEnd(sql, i), skip, nil
	case strings.HasPrefix(rest, "/*"):
		return block(sql, i)
	case strings.HasPrefix(rest, byteOrderMark):
		return i + len(byteOrderMark), skip, nil
	case strings.IndexByte(" \t\n\f\r", c) >= 0:
		return i + 1, skip, nil
	case c == '\'' || c == '"' || c == '`':
		return quotation(sql, i, c)
	case c == '[':
		return bracket(sql, i)
	case c == ';':
		return i + 1, semicolon, nil
	case c == '(':
		return i + 1, opening, nil
	case c == ')':
		return i + 1, closing, nil
	case strings.IndexByte(":@#", c) >= 0: // a parameter, never a keyword
		return wordEnd(sql, i+1), other, nil
	case inWord(c):
		return wordEnd(sql, i+1), word, nil
	default:
		return i + 1, other, nil
	}
}

func inWord(c byte) bool {
	return c == '_' || c == '$' || c >= 0x80 ||
		'0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

func wordEnd(sql string, i int) int {
	for i < len(sql) && inWord(sql[i]) {
		i++
	}
	return i
}

func lineEnd(sql string, i int) int {
	if n := strings.IndexByte(sql[i:], '\n'); n >= 0 {
		return i + n
	}
	return len(sql)
}

func block(sql string, i int) (int, kind, error) {
	if n := strings.Index(sql[i+2:], "*/"); n >= 0 {
		return i + 2 + n + 2, skip, nil
	}
	return len(sql), skip, unterminated(sql, i, "comment")
}

// quotation reads to the closing quote; a doubled quote is a literal one.
func quotation(sql string, i int, quote byte) (int, kind, error) {
	for j := i + 1; j < len(sql); j++ {
		if sql[j] != quote {
			continue
		}
		if j+1 < len(sql) && sql[j+1] == quote {
			j++
			continue
		}
		return j + 1, quoted, nil
	}
	what := "quoted identifier"
	if quote == '\'' {
		what = "string"
	}
	return len(sql), quoted, unterminated(sql, i, what)
}

func bracket(sql string, i int) (int, kind, error) {
	if n := strings.IndexByte(sql[i:], ']'); n >= 0 {
		return i + n + 1, quoted, nil
	}
	return len(sql), quoted, unterminated(sql, i, "quoted identifier")
}
