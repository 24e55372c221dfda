package stacks

import (
	"fmt"
	"maps"
	"slices"
)

// view is a Worker as one stack has it, which still knows what the override of
// that stack has set.
type view struct {
	Worker
	at    string
	stack Stack
	over  Override
}

func (c *checker) view(i int, s Stack) view {
	w := c.fleet.Workers[i]
	return view{Worker: w.on(s), at: item("workers", i, w.Name), stack: s, over: w.Per[s.Name]}
}

// where names a field of the Worker, in the override if that has set it.
func (v view) where(field string, overridden bool) string {
	if overridden {
		return fmt.Sprintf("%s.Per[%q].%s", v.at, v.stack.Name, field)
	}
	return v.at + "." + field
}

// binding is one entry of one of a Worker's four maps.
type binding struct {
	kind, name, value string
	where             string
	overridden        bool
}

func (b binding) String() string { return fmt.Sprintf("%s[%q]", b.kind, b.name) }

// all are the Worker's bindings, kind by kind, each kind sorted by name.
func (v view) all() []binding {
	return slices.Concat(
		entries(v, "Databases", v.Databases, v.over.Databases),
		entries(v, "Services", v.Services, v.over.Services),
		entries(v, "Vars", v.Vars, v.over.Vars),
		entries(v, "Secrets", v.Secrets, v.over.Secrets),
	)
}

func entries[M ~map[string]V, V ~string](v view, kind string, merged, over M) []binding {
	var out []binding
	for _, name := range slices.Sorted(maps.Keys(merged)) {
		_, overridden := over[name]
		b := binding{kind: kind, name: name, value: string(merged[name]), overridden: overridden}
		b.where = v.where(b.String(), overridden)
		out = append(out, b)
	}
	return out
}
