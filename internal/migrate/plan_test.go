package migrate_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"crane/internal/hint"
	"crane/internal/migrate"
)

func three() []migrate.File {
	return []migrate.File{{Name: "0003_c.sql", SHA256: "c"}, {Name: "0001_a.sql", SHA256: "a"}, {Name: "0002_b.sql", SHA256: "b"}}
}

func TestPlanGivesWhatIsPendingInOrder(t *testing.T) {
	t.Parallel()
	pending, err := migrate.Plan(three(), nil)
	require.NoError(t, err)
	require.Equal(t, []string{"0001_a.sql", "0002_b.sql", "0003_c.sql"}, names(pending))

	pending, err = migrate.Plan(three(), []migrate.Applied{{Name: "0002_b.sql", SHA256: "b"}, {Name: "0001_a.sql"}})
	require.NoError(t, err)
	require.Equal(t, []string{"0003_c.sql"}, names(pending))
}

func TestPlanRefusesAChangedPast(t *testing.T) {
	t.Parallel()
	_, err := migrate.Plan(three(), []migrate.Applied{
		{Name: "0000_gone.sql"}, {Name: "0001_a.sql", SHA256: "other"}, {Name: "0003_c.sql", SHA256: "c"},
	})
	require.ErrorIs(t, err, migrate.ErrConflict)
	require.EqualError(t, err, `the migrations do not continue what was applied:
  0000_gone.sql: was applied, but its file is gone
  0001_a.sql: was changed after it was applied
  0002_b.sql: is new, but 0003_c.sql was already applied
nothing was applied`)
	require.Contains(t, hint.Of(err), "new file with a higher number")
}

func TestHead(t *testing.T) {
	t.Parallel()
	require.Empty(t, migrate.Head(nil))
	require.Equal(t, "b", migrate.Head([]string{"a", "b"}))
}
