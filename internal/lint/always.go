package lint

import (
	"slices"
	"strings"

	"crane/internal/statement"
)

// always tells a WHERE at i that holds for every row, such as WHERE 1=1.
func (w words) always(i int) bool {
	end := w.find(i+1, "RETURNING", "ON", "ORDER", "LIMIT", "GROUP", "HAVING", "WINDOW", "UNION", "INTERSECT", "EXCEPT")
	if end < 0 {
		end = len(w)
	}
	return w[i+1 : end].constant()
}

// constant tells an expression that is true whatever the row: TRUE, a number
// other than 0, or a value that is compared with itself.
func (w words) constant() bool {
	if _, next := w.list(0); len(w) > 2 && next == len(w) {
		return w[1 : len(w)-1].constant()
	}
	if len(w) == 1 {
		return w.at(0) == "TRUE" || isNumber(w[0]) && strings.Trim(w[0].Text, "0.") != ""
	}
	equals := slices.ContainsFunc([]int{1, 2}, func(n int) bool {
		return len(w) == n+2 && !slices.ContainsFunc(w[1:n+1], func(t statement.Token) bool { return t.Text != "=" && t.Text != "==" })
	})
	first := w.literal(0)
	return equals && first != "" && first == w.literal(len(w)-1)
}

// literal is a number or a text at i; empty for anything else.
func (w words) literal(i int) string {
	if i < 0 || i >= len(w) || w[i].Kind != statement.String && !isNumber(w[i]) {
		return ""
	}
	return w[i].Text
}

func isNumber(t statement.Token) bool {
	return t.Kind == statement.Word && t.Text[0] >= '0' && t.Text[0] <= '9'
}
