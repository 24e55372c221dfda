package statement

import (
	"slices"
	"strings"
)

// Hazard is a place where Cloudflare's query endpoint is known to cut a
// statement that SQLite itself reads whole. Such a request fails there with
// `incomplete input: SQLITE_ERROR`, although every SQLite on a laptop accepts
// it.
type Hazard struct {
	// Reason says what is wrong and what to write instead.
	Reason string
	// Offset is the place in the whole text, in bytes; Line and Column count
	// from 1.
	Offset, Line, Column int
}

// The reasons, each with the report it was learned from.
const (
	// https://github.com/cloudflare/workers-sdk/issues/14991
	carriageReturn = "a trigger body with CRLF line ends is cut short: use LF"
	// https://github.com/cloudflare/workers-sdk/issues/15314
	lowerCase = "a trigger body needs BEGIN and END in upper case"
	// https://github.com/cloudflare/workers-sdk/issues/4998
	bareCase = "a trigger body is cut after the END of a CASE: put the CASE in parentheses or into the trigger's WHEN"
)

// Hazards lists what the query endpoint would mis-cut in sql, in the order of
// the text. A CASE inside parentheses is the reported way around and is none.
func Hazards(sql string) []Hazard {
	statements, _ := Split(sql)
	var found []Hazard
	for _, s := range statements {
		for _, h := range hazardsOf(s.Text) {
			p := placeOf(sql, s.Offset+h.at)
			found = append(found, Hazard{h.reason, p.offset, p.line, p.column})
		}
	}
	return found
}

type finding struct {
	at     int
	reason string
}

func hazardsOf(text string) []finding {
	tokens, _ := scan(text)
	begin := bodyStart(text, tokens)
	if begin < 0 {
		return nil
	}
	body := tokens[begin:]
	found := lowerCaseEnds(text, body)
	found = append(found, bareCases(text, body)...)
	found = append(found, carriageReturns(text, body)...)
	slices.SortFunc(found, func(a, b finding) int { return a.at - b.at })
	return found
}

func lowerCaseEnds(text string, body []token) []finding {
	var found []finding
	for _, t := range []token{body[0], body[len(body)-1]} {
		written := text[t.start:t.end]
		if t.kind == word && written != strings.ToUpper(written) {
			found = append(found, finding{t.start, lowerCase})
		}
	}
	return found
}

func bareCases(text string, body []token) []finding {
	var found []finding
	depth := 0
	for _, t := range body {
		switch {
		case t.kind == opening:
			depth++
		case t.kind == closing:
			depth--
		case depth == 0 && t.is(text, "CASE"):
			found = append(found, finding{t.start, bareCase})
		}
	}
	return found
}

// carriageReturns reports the first structural CRLF of a body; one inside a
// string is data and does no harm.
func carriageReturns(text string, body []token) []finding {
	for i, t := range body[1:] {
		gap := body[i].end
		if n := strings.Index(text[gap:t.start], "\r\n"); n >= 0 {
			return []finding{{gap + n, carriageReturn}}
		}
	}
	return nil
}
