package migrate

import (
	"context"
	"fmt"
	"strings"
)

// adopt notes the digests of files that wrangler applied: from now on a change
// of theirs is seen. Their text at the time is not known; today's is taken.
func (s *sender) adopt(ctx context.Context) error {
	var names []string
	var sql strings.Builder
	if !s.live.guards {
		sql.WriteString(createGuards)
	}
	for i, a := range s.live.Applied {
		if a.SHA256 != "" {
			continue
		}
		for _, f := range s.run.Files {
			if f.Name == a.Name {
				s.live.Applied[i].SHA256 = f.SHA256
				names = append(names, f.Name)
				fmt.Fprintf(&sql, "INSERT OR IGNORE INTO \"crane_migrations\" (name, sha256) VALUES (%s, %s);\n", literal(f.Name), literal(f.SHA256))
			}
		}
	}
	if len(names) == 0 {
		return nil
	}
	if _, err := s.db.Query(ctx, sql.String()); err != nil {
		return fmt.Errorf("adopting what wrangler applied: %w; nothing was applied", err)
	}
	s.live.guards = true
	if s.run.Adopted != nil {
		s.run.Adopted(names)
	}
	return nil
}
