package lint

import "slices"

// chain are the copies, in order, through which a table of the database gets its
// rows back after they are dropped or deleted; none when it does not. The first
// one reads the table while it has them.
func (c *checker) chain(name string, gone *step) []*transfer {
	into, begun := map[string]bool{c.nameAfter(name): true}, false
	var chain []*transfer
	for _, t := range slices.Backward(c.copies) {
		direct, late := slices.Contains(t.direct, name), t.index > gone.index
		if !into[t.into] && !into[t.table] || !slices.Contains(t.origins, name) || direct && late || t.old == name && !late {
			continue
		}
		chain, begun = append(chain, t), begun || direct
		for _, from := range t.from {
			into[from] = true
		}
	}
	if !begun {
		return nil
	}
	slices.Reverse(chain)
	return chain
}

// gone are the tables of the database that lose all their rows, or those that
// foreign keys take, each with the first statement that does it.
func (c *checker) gone() map[string]*step {
	gone := map[string]*step{}
	for _, s := range slices.Backward(c.steps) {
		if !s.isDrop() && (s.verb != "DELETE" || !s.whole()) {
			continue
		}
		for _, name := range append([]string{s.old}, s.lost...) {
			gone[name] = s
		}
	}
	delete(gone, "")
	return gone
}
