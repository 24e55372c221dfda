package lint

import (
	"slices"

	"crane/internal/scratch"
)

// family is what foreign keys do to other tables when rows of one go. Names are
// those of the moment; each list is in order.
type family struct {
	// lost are tables whose rows go too, through any number of tables.
	lost []string
	// nulled are tables whose references are taken away.
	nulled []string
	// holding are tables whose rows forbid it.
	holding []string
	// all are tables of lost, and those that have no rows at the moment.
	all []string
}

// family follows the foreign keys that lead to a table. Tables without rows
// neither lose anything nor lead further.
func (c *checker) family(s *step, table string) family {
	var f family
	seen := map[string]bool{table: true}
	for queue := []string{table}; len(queue) > 0; queue = queue[1:] {
		for _, child := range sorted(s.before.Tables) {
			for _, key := range s.before.Tables[child].Parents {
				if key.Parent == queue[0] && f.take(c.hasRows(child), child, key, seen) {
					queue = append(queue, child)
				}
			}
		}
	}
	for _, list := range []*[]string{&f.lost, &f.nulled, &f.holding, &f.all} {
		slices.Sort(*list)
		*list = slices.Compact(*list)
	}
	return f
}

// take sorts a child by its foreign key and tells whether to look further.
func (f *family) take(rows bool, child string, key scratch.ForeignKey, seen map[string]bool) bool {
	switch key.OnDelete {
	case "CASCADE":
		if seen[child] {
			return false
		}
		seen[child] = true
		f.all = append(f.all, child)
		if rows {
			f.lost = append(f.lost, child)
		}
		return rows
	case "SET NULL", "SET DEFAULT":
		if rows && !seen[child] {
			f.nulled = append(f.nulled, child)
		}
	default:
		if rows && !seen[child] {
			f.holding = append(f.holding, child)
		}
	}
	return false
}
