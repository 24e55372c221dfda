package migrate_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"crane/internal/hint"
	"crane/internal/migrate"
)

// TestConflictHint: a file that is gone has to come back, whatever else is wrong.
func TestConflictHint(t *testing.T) {
	t.Parallel()
	const back = "bring the file back (git checkout, or from whoever applied it)"
	const instead = "leave applied files as they were, and put the change into a new file with a higher number"
	for want, applied := range map[string][]migrate.Applied{
		back + ", and run the same command again": {{Name: "0001_a.sql"}, {Name: "0002_b.sql"}, {Name: "0003_c.sql"}, {Name: "0004_d.sql"}},
		instead:               {{Name: "0002_b.sql"}},
		back + "; " + instead: {{Name: "0000_gone.sql"}, {Name: "0001_a.sql", SHA256: "other"}},
	} {
		_, err := migrate.Plan(three(), applied)
		require.ErrorIs(t, err, migrate.ErrConflict)
		require.Equal(t, want, hint.Of(err))
	}
}
