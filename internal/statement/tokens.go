package statement

import "strings"

// Kind is what an exported token is.
type Kind int

// The kinds of tokens. Blanks and comments are none.
const (
	// Word is a keyword, a bare name or a number.
	Word Kind = iota
	// Name is quoted with ", ` or [ ]: a name, or by SQLite's leniency a string.
	Name
	// String is quoted with '.
	String
	// Punctuation is one character: an operator, a bracket, a comma, a semicolon.
	Punctuation
	// Parameter begins with :, @ or #.
	Parameter
)

// Token is one token of a statement.
type Token struct {
	Kind Kind
	// Text is as it was written, quotes included.
	Text string
	// Offset is where it begins, in bytes.
	Offset int
}

// Tokens reads sql as SQLite does. What is never closed is the last token.
func Tokens(sql string) []Token {
	scanned, _ := scan(sql)
	tokens := make([]Token, len(scanned))
	for i, t := range scanned {
		text := sql[t.start:t.end]
		tokens[i] = Token{exported(t.kind, text), text, t.start}
	}
	return tokens
}

func exported(k kind, text string) Kind {
	switch {
	case k == quoted && text[0] == '\'':
		return String
	case k == quoted:
		return Name
	case k == word:
		return Word
	case k == other && (text[0] == ':' || text[0] == '@' || text[0] == '#'):
		return Parameter
	default:
		return Punctuation
	}
}

// Comment is a comment from -- to the end of its line.
type Comment struct {
	// Text is as it was written, without the line's end.
	Text string
	// Line and Column are where it begins, both counted from 1.
	Line, Column int
}

// Comments are those of sql that begin with --; inside strings there are none.
func Comments(sql string) []Comment {
	var found []Comment
	for i := 0; i < len(sql); {
		end, k, _ := next(sql, i)
		if text := sql[i:end]; k == skip && strings.HasPrefix(text, "--") {
			p := placeOf(sql, i)
			found = append(found, Comment{text, p.line, p.column})
		}
		i = end
	}
	return found
}
