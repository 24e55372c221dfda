package migrate

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"crane/internal/schema"
)

// look reads the schema again after a run, and about how many rows there are.
// What the run came to is more important than that.
func (s *sender) look(ctx context.Context, result *Result, failure error) error {
	results, err := s.db.Query(ctx, schema.Query+";")
	if err != nil || len(results) != 1 {
		return errors.Join(failure, err)
	}
	result.Schema = schemaOf(results[0])
	if s.fresh {
		return failure
	}
	result.Rows, err = Rows(ctx, s.db, result.Schema)
	return errors.Join(failure, err)
}

// Rows tells about how many rows each table has, in one request that reads one
// row per table: see RowClass. Tables without a rowid are left out.
func Rows(ctx context.Context, db Database, s schema.Schema) (map[string]string, error) {
	var parts []string
	for _, o := range s {
		if o.Kind == "table" && hasRowID(o.SQL) {
			parts = append(parts, fmt.Sprintf("(%s, (SELECT max(rowid) FROM %s))", literal(o.Name), identifier(o.Name)))
		}
	}
	if len(parts) == 0 {
		return map[string]string{}, nil
	}
	var sql strings.Builder
	for some := range slices.Chunk(parts, atOnce) {
		fmt.Fprintf(&sql, "SELECT column1 AS name, column2 AS n FROM (VALUES %s);\n", strings.Join(some, ", "))
	}
	results, err := db.Query(ctx, sql.String())
	if err != nil {
		return nil, fmt.Errorf("cannot count the rows: %w", err)
	}
	rows := map[string]string{}
	for _, row := range slices.Concat(results...) {
		n, _ := row["n"].(float64) // NULL when there is no row
		rows[text(row, "name")] = RowClass(n)
	}
	return rows, nil
}

// RowClass is an order of magnitude: "0", "1-9", "10-99" … It goes by the largest
// row id, so that it costs nothing; deleted rows count, too.
func RowClass(n float64) string {
	if n < 1 {
		return "0"
	}
	low := 1.0
	for n >= low*10 {
		low *= 10
	}
	return fmt.Sprintf("%.0f-%.0f", low, low*10-1)
}

func hasRowID(sql string) bool {
	normal := schema.Normal(sql)
	return !strings.HasPrefix(normal, "create virtual") && !strings.HasSuffix(normal, "without rowid") && !strings.Contains(normal, ") without rowid")
}
