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
	var rows []string
	for i, a := range s.live.Applied {
		if a.SHA256 != "" {
			continue
		}
		for _, f := range s.run.Files {
			if f.Name == a.Name {
				s.live.Applied[i].SHA256 = f.SHA256
				names = append(names, f.Name)
				rows = append(rows, fmt.Sprintf("(%s, %s)", literal(f.Name), literal(f.SHA256)))
			}
		}
	}
	if len(names) == 0 {
		return nil
	}
	sql := "INSERT OR IGNORE INTO \"crane_migrations\" (name, sha256) VALUES " + strings.Join(rows, ", ") + ";\n"
	if !s.live.guards {
		sql = createGuards + sql
	}
	if _, err := s.db.Query(ctx, sql); err != nil {
		return fmt.Errorf("adopting what wrangler applied: %w", err)
	}
	s.live.guards = true
	if s.run.Adopted != nil {
		s.run.Adopted(names)
	}
	return nil
}
