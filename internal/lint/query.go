package lint

// outer tells the JOIN at i that keeps the rows on its left.
func (w words) outer(i int) bool {
	return contains([]string{"LEFT", "FULL"}, w.at(i-1)) || w.at(i-1) == "OUTER" && contains([]string{"LEFT", "FULL"}, w.at(i-2))
}

// query is the SELECT of a copy.
func (t *transfer) query() words {
	i := t.tokens.find(t.body, "SELECT", "WITH", "VALUES")
	if i < 0 {
		return nil
	}
	return t.tokens[i:]
}

// targets are the columns that a copy writes, in lower case.
func (t *transfer) targets() []string {
	if t.verb == "INSERT" {
		if items, _ := t.tokens.list(t.body); items != nil {
			return namesOf(items)
		}
	}
	var names []string
	if table := t.after.Tables[t.table]; table != nil {
		for _, column := range table.Columns {
			if !column.Generated {
				names = append(names, lower(column.Name))
			}
		}
	}
	return names
}

// items are the values that a copy selects; SELECT * and the like are spelt out.
func (t *transfer) items() []words {
	q := t.query()
	start := q.find(0, "SELECT") + 1
	end := q.find(start, "FROM")
	if start == 0 || end < 0 {
		return nil
	}
	var items []words
	for _, item := range q[start:end].split() {
		if n := len(item); n > 0 && item.at(n-1) == "*" && n <= 3 && len(t.from) == 1 {
			items = append(items, t.all()...)
			continue
		}
		items = append(items, item)
	}
	return items
}

func (t *transfer) all() []words {
	var items []words
	for _, column := range t.before.Tables[t.from[0]].Columns {
		items = append(items, tokens(quoted(column.Name)))
	}
	return items
}

// simple is the column that a selected value is, perhaps of a table by name.
func simple(w words) string {
	if len(w) == 1 || len(w) == 3 && w.at(1) == "." {
		return bare(w[len(w)-1].Text)
	}
	return ""
}
