package stacks

import (
	"cmp"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
)

// Problems is the error of Validate: each problem on a line of its own, which
// names the file, the item and the field, and what to write instead.
type Problems []string

func (p Problems) Error() string { return ErrInvalid.Error() + ":\n" + strings.Join(p, "\n") }

// Unwrap makes it an ErrInvalid.
func (p Problems) Unwrap() error { return ErrInvalid }

// Validate checks the fleet as each stack has it, and the files it names under
// the project's root. It returns every problem at once, as Problems. A problem
// that an override brings is named with its Per path.
func (f Fleet) Validate(root fs.FS) error {
	c := &checker{fleet: f, root: root}
	c.counts()
	for i, d := range f.Databases {
		c.database(i, d)
	}
	for i, w := range f.Workers {
		c.worker(i, w)
	}
	for _, s := range All() {
		c.crons(s)
		c.cycles(s)
	}
	c.classes()
	c.problems = append(c.problems, ProductionRetire.Problems()...)
	if len(c.problems) > 0 {
		return c.problems
	}
	return nil
}

// checker collects problems.
type checker struct {
	fleet    Fleet
	root     fs.FS
	problems Problems
}

// add notes a problem once: most of them are the same on both stacks.
func (c *checker) add(where, format string, args ...any) {
	line := "stacks/fleet.go: " + where + ": " + fmt.Sprintf(format, args...)
	if !slices.Contains(c.problems, line) {
		c.problems = append(c.problems, line)
	}
}

func (c *checker) database(i int, d Database) {
	at := item("databases", i, d.Name)
	switch {
	case d.Name == "":
		c.add(at+".Name", "a database needs a name")
	case !databaseName.MatchString(d.Name):
		c.add(at+".Name", "Cloudflare accepts lower-case letters, digits, - and _, beginning with a letter or a digit")
	case slices.IndexFunc(c.fleet.Databases, func(o Database) bool { return o.Name == d.Name }) < i:
		c.add(at+".Name", "named twice; give one of the databases another name")
	}
	c.path(at+".Migrations", d.Migrations, "workers/"+cmp.Or(d.Name, "name")+"/migrations", true)
}

func (c *checker) worker(i int, w Worker) {
	at := item("workers", i, w.Name)
	c.workerName(at+".Name", i, w.Name)
	for _, stack := range slices.Sorted(maps.Keys(w.Per)) {
		if _, err := Lookup(stack); err != nil {
			c.add(fmt.Sprintf("%s.Per[%q]", at, stack), "no stack is named %q (there are %s)", stack, names(All(), func(s Stack) string { return s.Name }))
		}
	}
	for _, s := range All() {
		v := c.view(i, s)
		c.path(v.where("Entry", v.over.Entry != ""), v.Entry, "workers/"+cmp.Or(w.Name, "name")+"/src/index.ts", false)
		c.bindings(v)
		c.schedule(v)
		c.compatibility(v)
	}
}

// path refuses a file or a folder that is not there. Paths are as fs.FS has
// them: with slashes, from the project's root, without dots.
func (c *checker) path(where, path, example string, folder bool) {
	kind := map[bool]string{false: "file", true: "folder"}[folder]
	if path == "" {
		c.add(where, "write the %s's path, such as %s", kind, example)
		return
	}
	if !fs.ValidPath(path) {
		c.add(where, "write %q from the project's root, such as %s", path, example)
		return
	}
	if info, err := fs.Stat(c.root, path); err != nil || info.IsDir() != folder {
		c.add(where, "there is no %s %s; create it or correct the path", kind, path)
	}
}

// item is how a line names one item of a list: by its name where it has one.
func item(list string, i int, name string) string {
	if name == "" {
		return fmt.Sprintf("%s[%d]", list, i)
	}
	return fmt.Sprintf("%s[%q]", list, name)
}

// names lists what there is, for a line that refuses what there is not.
func names[T any](all []T, name func(T) string) string {
	out := make([]string, len(all))
	for i, each := range all {
		out[i] = name(each)
	}
	if len(out) == 0 {
		return "none"
	}
	return strings.Join(out, ", ")
}
