package doctor

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"crane/stacks"
)

// backups are the checks of whether there is a way back for data.
func (s Subject) backups() []Check {
	st := &states{Subject: s}
	return []Check{
		st.restorable(stacks.Staging, s.Cloudflare),
		st.restorable(stacks.Production, s.Production),
		st.of(stacks.Production, "bookmark", "production's state knows the point before the last migration",
			"the way back for data would have to be guessed by the clock", "npx wrangler d1 time-travel info DATABASE --timestamp TIME, as production", bookmarked),
	}
}

// restorable is the check of Time Travel, which a database that was just made or
// is of the old kind may not have.
func (s *states) restorable(stack stacks.Stack, c *Cloudflare) Check {
	return Check{
		ID: "backup." + stack.Name + ".restore", Title: fmt.Sprintf("each database of %s can be put back to where it was", stack.Name),
		Why: "a migration or a mistake that loses rows could not be undone",
		Fix: "npx wrangler d1 info DATABASE, and ask Cloudflare's support; export it until then",
		look: func(ctx context.Context) Seen {
			if c == nil {
				return s.keyless(stack)
			}
			return s.bookmarks(ctx, stack, c)
		},
	}
}

func (s *states) keyless(stack stacks.Stack) Seen {
	if stack.Name == stacks.Staging.Name {
		return tokenless
	}
	return nowhere("only the promote job has production's token, and its summary has each bookmark")
}

// bookmarks goes by the fleet and what Cloudflare has. What neither the state nor
// Cloudflare has was never deployed.
func (s *states) bookmarks(ctx context.Context, stack stacks.Stack, c *Cloudflare) Seen {
	listed, err := c.databases(ctx, s.Accounts[stack.Name])
	if err != nil {
		return s.dim(err)
	}
	ids := map[string]string{}
	for _, d := range listed {
		ids[d.Name] = d.UUID
	}
	n := 0
	for _, d := range s.Fleet.Databases {
		id := ids[stack.Database(d.Name)]
		if id == "" {
			continue
		}
		now, err := c.bookmark(ctx, s.Accounts[stack.Name], id)
		if err != nil {
			return s.dim(fmt.Errorf("%s: %w", stack.Database(d.Name), err))
		}
		if e, err := s.read(ctx, stack); err == nil && e.Databases[d.Name].Bookmark > now { // bookmarks are ordered as text
			return e.told(stack, wrong(stack.Database(d.Name)+" has not come to the point before its last migration, so it is another database"))
		}
		n++
	}
	return s.counted(ctx, stack, n)
}

// counted tells none from not all of them.
func (s *states) counted(ctx context.Context, stack stacks.Stack, n int) Seen {
	if n == len(s.Fleet.Databases) {
		return ok(fmt.Sprintf("%d have a bookmark of now", n))
	}
	e, err := s.read(ctx, stack)
	switch {
	case err != nil:
		return e.told(stack, unreadable(stack, err))
	case len(e.Databases) > n:
		return e.told(stack, wrong(fmt.Sprintf("%d of the %d that the state has are on Cloudflare", n, len(e.Databases))))
	}
	return e.told(stack, ok(fmt.Sprintf("%d have a bookmark of now", n)))
}

// bookmarked says of which databases the point is known. One without has had a
// single run of migrations, which began with an empty database.
func bookmarked(e exported) Seen {
	var with, without []string
	for _, name := range slices.Sorted(maps.Keys(e.Databases)) {
		if e.Databases[name].Bookmark != "" {
			with = append(with, name)
		} else {
			without = append(without, name)
		}
	}
	switch {
	case len(e.Databases) == 0:
		return nowhere("it has no databases")
	case len(without) > 0:
		return ok(strings.Join(without, ", ") + " had one run, from nothing; known of " + orNothing(strings.Join(with, ", ")))
	}
	return ok("known of " + strings.Join(with, ", "))
}
