package runtime

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"strings"
)

// exportSQL is how the bundled D1 module is asked for a dump; it compares the
// text exactly.
const exportSQL = "PRAGMA miniflare_d1_export(?,?,?);"

// Export writes a database as SQL, in the form of `wrangler d1 export`: without
// the schema or without the rows if asked, all tables if none is named. A
// database with virtual tables is refused with a *SQLError, as on Cloudflare.
func (rt *Runtime) Export(ctx context.Context, databaseID string, noSchema, noData bool, tables []string) (string, error) {
	params := []any{noSchema, noData}
	for _, table := range tables {
		params = append(params, table)
	}
	var dump strings.Builder
	query := []wireQuery{{SQL: exportSQL, Params: wireParams(params)}}
	err := rt.engine.query(ctx, databaseID, query, func(raw json.RawMessage, _ map[string]any) error {
		var lines [][]string
		if err := json.Unmarshal(raw, &lines); err != nil {
			return err
		}
		for _, line := range lines {
			dump.WriteString(strings.Join(line, "\n") + "\n")
		}
		return nil
	})
	return dump.String(), err
}

// DropDatabase removes a database's files and its earlier states; one that
// never was is no error.
func (rt *Runtime) DropDatabase(ctx context.Context, databaseID string) error {
	t, err := rt.engine.timeline(ctx, databaseID)
	if err != nil {
		return err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if err := rt.engine.release(ctx, databaseID); err != nil {
		return err
	}
	t.synced = false
	return errors.Join(t.file.remove("-wal", "-shm", ""), os.RemoveAll(t.dir))
}
