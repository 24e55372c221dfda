package migrate

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"crane/internal/schema"
)

// Baseline is what it takes to write a ledger for a database that has tables but
// no ledger.
type Baseline struct {
	// Files are those whose tables are there.
	Files []File
	// Changes are how the live schema differs from what the files make; none
	// when they agree.
	Changes []schema.Change
	live    *Live
}

// PlanBaseline compares a database with a replay of the files up to a number,
// such as 0004. It writes nothing.
func PlanBaseline(ctx context.Context, db Database, files []File, upto string) (*Baseline, error) {
	live, err := Inspect(ctx, db)
	if err != nil {
		return nil, err
	}
	if len(live.Applied) > 0 {
		return nil, &LedgeredError{Head: live.Applied[len(live.Applied)-1].Name}
	}
	taken, err := before(files, upto)
	if err != nil {
		return nil, err
	}
	replayed, err := Replay(ctx, nil, taken)
	if err != nil {
		return nil, fmt.Errorf("%w: %w; nothing was written", ErrReplay, err)
	}
	return &Baseline{Files: taken, Changes: replayed.Diff(live.Schema), live: live}, nil
}

// before are the files up to a number, which has to be that of one.
func before(files []File, upto string) ([]File, error) {
	last, err := strconv.ParseUint(upto, 10, 64)
	for i, f := range files {
		if n, ok := number(f.Name); err == nil && ok && n == last {
			return files[:i+1], nil
		}
	}
	return nil, fmt.Errorf("%w: %q (there are %s); nothing was written", ErrNumber, upto, strings.Join(namesOf(files), ", "))
}

// Write writes both ledgers, in one transaction.
func (b *Baseline) Write(ctx context.Context, db Database) error {
	var sql strings.Builder
	sql.WriteString(createLedger + createGuards)
	for _, f := range b.Files {
		sql.WriteString(insertLedger(f.Name))
		fmt.Fprintf(&sql, "INSERT INTO \"crane_migrations\" (name, sha256) VALUES (%s, %s)\n"+
			"ON CONFLICT (name) DO UPDATE SET sha256 = excluded.sha256;\n", literal(f.Name), literal(f.SHA256))
	}
	if _, err := db.Query(ctx, sql.String()); err != nil {
		return fmt.Errorf("writing the baseline: %w", err)
	}
	return nil
}
