package stacks

import (
	"strings"
)

func (c *checker) bindings(v view) {
	taken := map[string]binding{}
	for _, b := range v.all() {
		c.bindingName(b)
		c.bindingValue(v, b)
		if first, twice := taken[b.name]; twice {
			c.twice(first, b)
		}
		taken[b.name] = b
	}
	if n := len(v.Vars) + len(v.Secrets) + ownBindings; n > c.plan().TextBindings {
		field := v.where("Vars", len(v.over.Vars)+len(v.over.Secrets) > 0)
		c.add(field, "with its secrets and crane's own %d there are %d text bindings, and Cloudflare accepts %d on the %s plan; put some into one JSON text%s",
			ownBindings, n, c.plan().TextBindings, c.plan().Name, c.paying())
	}
}

func (c *checker) bindingName(b binding) {
	switch {
	case !bindingName.MatchString(b.name):
		c.add(b.where, "a binding is named like a JavaScript variable: letters, digits and _, with no digit first")
	case strings.HasPrefix(b.name, ReservedPrefix):
		c.add(b.where, "names beginning %s are crane's own; choose another", ReservedPrefix)
	}
}

// twice refuses the later of two bindings of one name, or the one that an
// override brought.
func (c *checker) twice(first, second binding) {
	if first.overridden && !second.overridden {
		first, second = second, first
	}
	c.add(second.where, "the name is taken by %s; give one of them another", first)
}

func (c *checker) bindingValue(v view, b binding) {
	switch b.kind {
	case "Databases":
		if _, ok := c.fleet.Database(b.value); !ok {
			c.add(b.where, "no database is named %q (there are %s)", b.value,
				names(c.fleet.Databases, func(d Database) string { return d.Name }))
		}
	case "Services":
		c.service(v, b)
	case "Vars":
		if len(b.value) > MaxVarBytes {
			c.add(b.where, "the text has %d bytes, and Cloudflare accepts %d; keep it in a database", len(b.value), MaxVarBytes)
		}
	case "Secrets":
		if class := Class(b.value); class != Infra && class != External {
			c.add(b.where, "no class is named %q; write Infra if the stacks must differ in it, External if somebody else owns it", b.value)
		}
	}
}

func (c *checker) service(v view, b binding) {
	if b.value == v.Name {
		c.add(b.where, "a worker cannot bind itself, since it is deployed after those it binds; take the binding away")
		return
	}
	for _, w := range c.fleet.Workers {
		if w.Name == b.value {
			return
		}
	}
	c.add(b.where, "no worker is named %q (there are %s)", b.value,
		names(c.fleet.Workers, func(w Worker) string { return w.Name }))
}
