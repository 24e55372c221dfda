package lint

import (
	"strings"

	"crane/internal/statement"
)

// words are the tokens of a statement, read as keywords and names.
type words []statement.Token

// at is the keyword or the sign at i, in upper case; empty for names in quotes,
// strings, and beyond the ends.
func (w words) at(i int) string {
	if i < 0 || i >= len(w) || w[i].Kind == statement.Name || w[i].Kind == statement.String {
		return ""
	}
	return strings.ToUpper(w[i].Text)
}

// starts tells whether the words from i on are these.
func (w words) starts(i int, keywords ...string) bool {
	for n, k := range keywords {
		if w.at(i+n) != k {
			return false
		}
	}
	return true
}

// skip gives the place after the keywords if they are at i, else i.
func (w words) skip(i int, keywords ...string) int {
	if w.starts(i, keywords...) {
		return i + len(keywords)
	}
	return i
}

// name reads a name at i, perhaps with the name of a schema before it, in lower
// case and without quotes.
func (w words) name(i int) (name string, next int) {
	if w.at(i+1) == "." {
		i += 2
	}
	if i >= len(w) {
		return "", i
	}
	return bare(w[i].Text), i + 1
}

// bare is a name in lower case without its quotes.
func bare(text string) string {
	if len(text) > 1 && strings.IndexByte("\"'`[", text[0]) >= 0 {
		quote := text[:1]
		text = strings.ReplaceAll(text[1:len(text)-1], quote+quote, quote)
	}
	return lower(text)
}

// find gives the first of the keywords outside brackets from i on, or -1.
func (w words) find(i int, keywords ...string) int {
	depth := 0
	for ; i >= 0 && i < len(w); i++ {
		switch word := w.at(i); {
		case word == "(":
			depth++
		case word == ")":
			depth--
		case depth == 0 && contains(keywords, word):
			return i
		}
	}
	return -1
}

// has tells whether one of the keywords is anywhere.
func (w words) has(keywords ...string) bool {
	for i := range w {
		if contains(keywords, w.at(i)) {
			return true
		}
	}
	return false
}

// mentions tells whether a name is anywhere.
func (w words) mentions(name string) bool {
	for _, t := range w {
		if t.Kind != statement.String && bare(t.Text) == name {
			return true
		}
	}
	return false
}

// list reads the items between the bracket at i and its end, split at commas.
func (w words) list(i int) (items []words, next int) {
	if w.at(i) != "(" {
		return nil, i
	}
	depth, start := 0, i+1
	for ; i < len(w); i++ {
		switch word := w.at(i); {
		case word == "(":
			depth++
		case word == ")":
			depth--
		}
		if depth == 0 || depth == 1 && w.at(i) == "," {
			items = append(items, w[start:i])
			start = i + 1
		}
		if depth == 0 {
			return items, i + 1
		}
	}
	return items, len(w)
}

// split cuts at the commas outside brackets.
func (w words) split() []words {
	var items []words
	for start := 0; start <= len(w); {
		end := w.find(start, ",")
		if end < 0 {
			end = len(w)
		}
		items = append(items, w[start:end])
		start = end + 1
	}
	return items
}

func contains(list []string, text string) bool {
	if text == "" {
		return false
	}
	for _, item := range list {
		if item == text {
			return true
		}
	}
	return false
}
