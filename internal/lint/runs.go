package lint

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"crane/internal/schema"
	"crane/internal/scratch"
)

// Runs says why code that was written for one schema cannot run on a later one,
// a line each; none when nothing stands against it. It is about what every use
// would meet: what is gone, and what an INSERT now has to give. Whether the code
// uses it, nobody knows.
func Runs(ctx context.Context, written, now schema.Schema) ([]string, error) {
	before, err := tables(ctx, written)
	if err != nil {
		return nil, err
	}
	after, err := tables(ctx, now)
	if err != nil {
		return nil, err
	}
	var lines []string
	for _, name := range sorted(before) {
		if after[name] == nil {
			lines = append(lines, fmt.Sprintf("table %s is gone", name))
			continue
		}
		lines = append(lines, narrowed(name, before[name], after[name])...)
	}
	return append(lines, goneViews(written, now)...), nil
}

func tables(ctx context.Context, s schema.Schema) (map[string]*scratch.Table, error) {
	db, err := scratch.Open(ctx)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	if err := db.Load(ctx, s); err != nil {
		return nil, err
	}
	return db.Tables(ctx)
}

// narrowed is what one table has no more, or asks for anew.
func narrowed(name string, before, after *scratch.Table) []string {
	var lines []string
	for _, c := range before.Columns {
		switch now := columnOf(after, c.Name); {
		case now == nil:
			lines = append(lines, fmt.Sprintf("column %s.%s is gone", name, c.Name))
		case now.Generated && !c.Generated:
			lines = append(lines, fmt.Sprintf("column %s.%s is generated now", name, c.Name))
		case required(*now) && !required(c):
			lines = append(lines, fmt.Sprintf("column %s.%s has to be given now", name, c.Name))
		case after.Strict && !scratch.Same(now.Type, c.Type):
			lines = append(lines, fmt.Sprintf("column %s.%s takes %s only now", name, c.Name, now.Type))
		}
	}
	for _, c := range after.Columns {
		if columnOf(before, c.Name) == nil && required(c) {
			lines = append(lines, fmt.Sprintf("column %s.%s has to be given, and the old code does not know it", name, c.Name))
		}
	}
	return append(lines, conflicts(name, before, after)...)
}

// conflicts are the unique keys that an ON CONFLICT may name and that are gone, and
// those that an INSERT may meet.
func conflicts(name string, before, after *scratch.Table) []string {
	var lines []string
	for _, unique := range before.Uniques {
		if !slices.ContainsFunc(after.Uniques, func(u []string) bool { return slices.Equal(u, unique) }) {
			lines = append(lines, fmt.Sprintf("%s (%s) is not unique any more", name, strings.Join(unique, ", ")))
		}
	}
	for _, unique := range after.Uniques {
		if !slices.ContainsFunc(before.Uniques, func(u []string) bool { return slices.Equal(u, unique) }) {
			lines = append(lines, fmt.Sprintf("%s (%s) has to be unique now", name, strings.Join(unique, ", ")))
		}
	}
	return lines
}

// required is a column that every INSERT has to give. SQLite fills an INTEGER
// PRIMARY KEY by itself.
func required(c scratch.Column) bool {
	filled := c.Key == 1 && scratch.Same(c.Type, "INTEGER")
	return c.NotNull && c.Default == "" && !filled && !c.Generated
}

func goneViews(written, now schema.Schema) []string {
	var lines []string
	for _, o := range written {
		if _, there := now.Find("view", o.Name); o.Kind == "view" && !there {
			lines = append(lines, fmt.Sprintf("view %s is gone", o.Name))
		}
	}
	return lines
}
