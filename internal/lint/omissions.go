package lint

// omission follows the clauses of a SELECT to a word that leaves rows out.
type omission struct {
	// clause is the keyword of the part that is read.
	clause string
	// ctes are the queries after WITH, by their names.
	ctes map[string]words
}

// omission is the word by which a copy leaves rows out; empty when it copies all.
func (w words) omission() string {
	start := w.find(0, "SELECT", "VALUES")
	if start < 0 {
		return ""
	}
	return omission{ctes: w[:start].ctes()}.find(w[start:])
}

// ctes are the queries between WITH and SELECT.
func (w words) ctes() map[string]words {
	all := map[string]words{}
	for as := w.find(0, "AS"); as >= 0; as = w.find(as+1, "AS") {
		open := w.opening(as + 1)
		if _, next := w.list(open); open > 0 && next > open {
			all[w[:as].named()] = w[open+1 : next-1]
		}
	}
	return all
}

// opening is the first bracket from i on, or -1.
func (w words) opening(i int) int {
	for ; i < len(w); i++ {
		if w.at(i) == "(" {
			return i
		}
	}
	return -1
}

// named is the name that ends here, perhaps with a list of columns after it.
func (w words) named() string {
	last := len(w) - 1
	for w.at(last) == ")" {
		for last >= 0 && w.at(last) != "(" {
			last--
		}
		last--
	}
	if last < 0 {
		return ""
	}
	return bare(w[last].Text)
}

func (o omission) find(w words) string {
	for i := 0; i < len(w); i++ {
		if w.starts(i, "ON", "CONFLICT") {
			return ""
		}
		if word := o.word(w, i); word != "" {
			return word
		}
		if w.at(i) == "(" {
			_, next := w.list(i)
			i = next - 1
		}
		o.enter(w, i)
	}
	return ""
}

// enter keeps the clause that begins at i.
func (o *omission) enter(w words, i int) {
	distinct := w.at(i-1) == "DISTINCT" && contains([]string{"IS", "NOT"}, w.at(i-2))
	if word := w.at(i); word == "SELECT" || word == "FROM" && !distinct {
		o.clause = word
	}
}

// word is the one at i if rows are left out there, or that of a query which is
// read there.
func (o omission) word(w words, i int) string {
	word := w.at(i)
	switch {
	case o.clause == "FROM" && w.source(i):
		return o.inner(w, i)
	case word == "WHERE" && !w.always(i), word == "DISTINCT" && w.at(i-1) == "SELECT", word == "UNION" && w.at(i+1) != "ALL":
		return word
	case word == "JOIN" && !w.outer(i), word == "," && o.clause == "FROM":
		return word
	case contains([]string{"GROUP", "LIMIT", "HAVING", "INTERSECT", "EXCEPT"}, word):
		return word
	default:
		return ""
	}
}

// source tells the place of a table after FROM or a JOIN that decides about rows.
func (w words) source(i int) bool { return w.at(i-1) == "FROM" || w.at(i-1) == "JOIN" && !w.outer(i-1) }

// inner looks into the query that is the source at i, in brackets or after WITH.
func (o omission) inner(w words, i int) string {
	query := o.ctes[bare(w[i].Text)]
	if items, next := w.list(i); items != nil {
		query = w[i+1 : next-1]
	}
	rest := map[string]words{}
	for name, other := range o.ctes {
		if name != bare(w[i].Text) {
			rest[name] = other
		}
	}
	if query.find(0, "SELECT") < 0 && len(query) > 0 {
		return omission{clause: "FROM", ctes: rest}.find(query)
	}
	return omission{ctes: rest}.find(query)
}
