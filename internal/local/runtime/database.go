package runtime

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// exportSQL is how the bundled D1 module is asked for a dump; it compares the
// text exactly.
const exportSQL = "PRAGMA miniflare_d1_export(?,?,?);"

// storedID is how workerd names a Durable Object's file.
var storedID = regexp.MustCompile(`^[0-9a-f]{64}$`)

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

// DropDatabase removes a database's files; one that never was is no error.
func (rt *Runtime) DropDatabase(ctx context.Context, databaseID string) error {
	answer, err := rt.engine.post(ctx, databaseID, "/close", nil)
	if err != nil {
		return err
	}
	id := string(answer)
	if !storedID.MatchString(id) {
		return fmt.Errorf("d1 engine answered %.200q instead of an id; the database is unchanged", id)
	}
	for _, suffix := range []string{"-wal", "-shm", ""} {
		file := filepath.Join(rt.engine.disk, uniqueKey, id+".sqlite"+suffix)
		if err := os.Remove(file); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}
