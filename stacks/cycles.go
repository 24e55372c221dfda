package stacks

import (
	"slices"
	"strings"
)

// cycles refuses Workers that bind each other in a ring: each is deployed after
// those it binds, so none of them could be the first.
func (c *checker) cycles(s Stack) {
	w := walk{edges: map[string][]edge{}, done: map[string]bool{}}
	for i, worker := range c.fleet.Workers {
		v := c.view(i, s)
		for _, b := range entries(v, "Services", v.Services, v.over.Services) {
			if b.value != worker.Name {
				w.edges[worker.Name] = append(w.edges[worker.Name], edge{from: worker.Name, binding: b})
			}
		}
	}
	for _, worker := range c.fleet.Workers {
		w.visit(worker.Name)
	}
	for _, ring := range w.rings {
		c.ring(ring)
	}
}

// ring names a cycle by the binding that an override brought, otherwise by the
// one that closes it.
func (c *checker) ring(ring []edge) {
	at := ring[len(ring)-1]
	if i := slices.IndexFunc(ring, func(e edge) bool { return e.overridden }); i >= 0 {
		at = ring[i]
	}
	path := []string{ring[0].from}
	for _, e := range ring {
		path = append(path, e.value)
	}
	c.add(at.where, "the services form a cycle, %s; take one of the bindings away", strings.Join(path, " -> "))
}

// edge is one service binding between two Workers.
type edge struct {
	from string
	binding
}

// walk goes through the Workers depth first.
type walk struct {
	edges map[string][]edge
	done  map[string]bool
	path  []edge
	rings [][]edge
}

func (w *walk) visit(name string) {
	if i := slices.IndexFunc(w.path, func(e edge) bool { return e.from == name }); i >= 0 {
		w.rings = append(w.rings, slices.Clone(w.path[i:]))
		return
	}
	if w.done[name] {
		return
	}
	for _, e := range w.edges[name] {
		w.path = append(w.path, e)
		w.visit(e.value)
		w.path = w.path[:len(w.path)-1]
	}
	w.done[name] = true
}
