package lint

import (
	"errors"
	"fmt"
	"strings"

	"crane/internal/schema"
	"crane/internal/scratch"
)

// brokenBodies compiles a use of each object that the file made, changed, or
// took something away from.
func brokenBodies(c *checker, r reporter) {
	for _, s := range c.steps {
		if s.verb == "CREATE" && (s.kind == "VIEW" || s.kind == "TRIGGER") {
			c.compile(s, scratch.Key(lower(s.kind), s.name), r)
		}
		if s.verb != "DROP" || s.kind != "TABLE" && s.kind != "VIEW" || c.now.Tables[s.table] != nil || c.present("view", s.name) {
			continue
		}
		for _, key := range sorted(c.now.Objects) {
			o := c.now.Objects[key]
			if (o.Kind == "view" || o.Kind == "trigger") && tokens(o.SQL).mentions(s.table) {
				c.compile(s, key, r)
			}
		}
	}
}

// compile tries the uses of an object and reports the first that fails.
func (c *checker) compile(s *step, key string, r reporter) {
	o, there := c.now.Objects[key]
	if !there || c.failed != nil {
		return
	}
	for _, use := range c.uses(o) {
		effect, err := c.db.Run(c.ctx, use)
		if err == nil {
			continue
		}
		if !errors.Is(err, scratch.ErrRefused) {
			c.failed = err
			return
		}
		what := err.Error()
		if len(effect.Denied) > 0 {
			what = "D1 does not allow " + effect.Denied[0]
		}
		r.at(s, "%s %s fails when it is used: %s", o.Kind, o.Name, what)
		return
	}
}

// uses are statements that make SQLite compile an object.
func (c *checker) uses(o schema.Object) []string {
	if o.Kind == "view" {
		return []string{"SELECT * FROM " + quoted(o.Name)}
	}
	return c.writes(o)
}

// writes are what fires a trigger.
func (c *checker) writes(o schema.Object) []string {
	w, name := tokens(o.SQL), quoted(o.Table)
	t := c.now.Tables[lower(o.Table)]
	switch event := w.find(3, "INSERT", "UPDATE", "DELETE"); {
	case event < 0:
		return nil
	case w.at(event) == "DELETE":
		return []string{"DELETE FROM " + name}
	case w.at(event) == "INSERT" && t == nil:
		return []string{fmt.Sprintf("INSERT INTO %s SELECT * FROM %s", name, name)}
	case w.at(event) == "INSERT":
		return []string{fmt.Sprintf("INSERT INTO %s DEFAULT VALUES", name)}
	default:
		return []string{c.update(w, event, name, t)}
	}
}

// update sets the columns that an UPDATE trigger waits for.
func (c *checker) update(w words, event int, name string, t *scratch.Table) string {
	column := ""
	if w.at(event+1) == "OF" {
		column, _ = w.name(event + 2)
	} else if t != nil {
		for _, known := range t.Columns {
			if !known.Generated {
				column = known.Name
				break
			}
		}
	}
	if column == "" {
		return "SELECT 1"
	}
	return fmt.Sprintf("UPDATE %s SET %s = NULL", name, quoted(column))
}

func quoted(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

func lower(text string) string { return scratch.Fold(text) }

// present tells an object that is there after the statements so far.
func (c *checker) present(kind, name string) bool {
	_, there := c.now.Objects[scratch.Key(kind, name)]
	return there
}
