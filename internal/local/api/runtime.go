package api

import (
	"context"
	"time"

	"crane/internal/local/runtime"
)

// Runtime is what executes: SQL and scripts. *runtime.Runtime is one.
type Runtime interface {
	// Query runs the statements in one transaction. The engine's refusal is a
	// *runtime.SQLError, and then nothing was changed.
	Query(ctx context.Context, databaseID string, statements []runtime.Statement) ([]runtime.Result, error)
	// Export writes a database as SQL text.
	Export(ctx context.Context, databaseID string, noSchema, noData bool, tables []string) (string, error)
	// Import runs a file of statements, all of it or nothing. The engine's
	// refusal is a *runtime.SQLError.
	Import(ctx context.Context, databaseID, sql string) (runtime.Import, error)
	// Bookmark names a database's state now or, when at is not zero, then.
	// runtime.ErrNoState is a time before all states that are kept.
	Bookmark(ctx context.Context, databaseID string, at time.Time) (string, error)
	// Restore goes back to a bookmark and returns the one that undoes it.
	// runtime.ErrNoState is a bookmark that the database does not have.
	Restore(ctx context.Context, databaseID, bookmark string) (previous string, err error)
	// DropDatabase forgets a database's rows.
	DropDatabase(ctx context.Context, databaseID string) error
	// Check runs a script once and returns how long its start took. A script
	// that does not start is a *runtime.StartError.
	Check(ctx context.Context, s runtime.Script) (time.Duration, error)
	// Deploy makes a version the one that answers for its account and name.
	Deploy(s runtime.Script)
	// Remove stops a script.
	Remove(account, name string)
	// SetRoute turns a script's own host name on or off.
	SetRoute(account, name string, on bool)
}
