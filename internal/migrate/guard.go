package migrate

import (
	"fmt"
	"slices"
	"strings"

	"crane/internal/lint"
)

// The guard is crane's own row per file, beside wrangler's. It is written in the
// migration's transaction before its SQL, with the row counts there were, and
// completed after it: rows that vanished or references that lead nowhere break
// a CHECK, so that nothing is committed. As its name is a key, no file is ever
// applied twice, whoever sends it again.
const (
	createGuards = `CREATE TABLE IF NOT EXISTS "crane_migrations"(
	name           TEXT PRIMARY KEY,
	sha256         TEXT NOT NULL,
	bookmark       TEXT,
	rows_before    TEXT,
	rows_after     TEXT,
	orphans_before TEXT,
	orphans_after  TEXT,
	lost           INTEGER NOT NULL DEFAULT 0 CHECK (lost = 0),
	orphans        INTEGER NOT NULL DEFAULT 0 CHECK (orphans = 0),
	applied_at     TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
);
`
	readGuards = `SELECT name, sha256, bookmark FROM "crane_migrations" ORDER BY rowid`
)

// The words with which the guard stops a transaction. They reach the client
// because SQLite's complaint about a JSON path repeats the path.
const (
	lostWords   = "rows lost: "
	orphanWords = "orphans: "
	goneWords   = "the guard is gone"
)

// guard is what is counted around one file.
type guard struct {
	file     File
	bookmark string
	verdict  lint.Verdict
}

// before is the row, with the counts there are.
func (g guard) before() string {
	return fmt.Sprintf("INSERT INTO \"crane_migrations\" (name, sha256, bookmark) VALUES (%s, %s, %s);\n",
		literal(g.file.Name), literal(g.file.SHA256), orNull(g.bookmark)) +
		g.keep("rows_before", g.rows(false)) + g.keep("orphans_before", g.orphans(g.verdict.Before))
}

// after completes the row, and stops the transaction if the row is no longer
// there: a file must not take its own guard away.
func (g guard) after() string {
	name := literal(g.file.Name)
	gone := fmt.Sprintf("SELECT json_extract('{}', %s) WHERE NOT EXISTS (SELECT 1 FROM \"crane_migrations\" WHERE name = %s AND sha256 = %s);\n",
		literal(goneWords), name, literal(g.file.SHA256))
	if len(g.verdict.Counted) == 0 && len(g.verdict.Now) == 0 {
		return gone
	}
	return gone + g.keep("rows_after", g.rows(true)) + g.keep("orphans_after", g.orphans(g.verdict.Now)) +
		stop(lostWords, g.fewer(), name) + stop(orphanWords, more, name) +
		fmt.Sprintf("UPDATE \"crane_migrations\" SET lost = (SELECT count(*) FROM %s), orphans = (SELECT count(*) FROM %s) WHERE name = %s;\n",
			g.fewer(), more, name)
}

// atOnce is how many numbers one statement counts: a statement may only become so
// large, see SQLITE_LIMIT_VDBE_OP in package scratch.
const atOnce = 50

// keep counts, and adds the numbers to a column of the row.
func (g guard) keep(column string, all []count) string {
	var sql strings.Builder
	for part := range slices.Chunk(all, atOnce) {
		fmt.Fprintf(&sql, "UPDATE \"crane_migrations\" SET %[1]s = json_patch(coalesce(%[1]s, '{}'), %[2]s) WHERE name = %[3]s;\n",
			column, counts(part), literal(g.file.Name))
	}
	return sql.String()
}

// count is one number that is kept: of rows, or of orphans.
type count struct{ key, sql string }

// rows counts each table under the name it had before.
func (g guard) rows(after bool) []count {
	var out []count
	for _, table := range g.verdict.Counted {
		name := table
		if after {
			name = g.verdict.After[table]
		}
		if name != "" {
			out = append(out, count{table, "SELECT count(*) FROM " + identifier(name)})
		}
	}
	return out
}

func (g guard) orphans(references []lint.Reference) []count {
	var out []count
	for _, r := range references {
		out = append(out, count{r.Child + " of " + r.Parent, r.Orphans()})
	}
	return out
}

// counts is a JSON object. VALUES has no limit on its rows, unlike UNION and the
// arguments of a function.
func counts(all []count) string {
	rows := make([]string, len(all))
	for i, c := range all {
		rows[i] = fmt.Sprintf("(%s, (%s))", literal(c.key), c.sql)
	}
	return "(SELECT json_group_object(column1, column2) FROM (VALUES " + strings.Join(rows, ", ") + "))"
}

// fewer are the tables that have fewer rows than before, but for those whose
// loss the file acknowledges.
func (g guard) fewer() string {
	covered := make([]string, len(g.verdict.Covered))
	for i, table := range slices.Sorted(slices.Values(g.verdict.Covered)) {
		covered[i] = literal(table)
	}
	return fmt.Sprintf("(SELECT b.key AS key, b.value AS was, coalesce(a.value, 0) AS now FROM json_each(coalesce(rows_before, '{}')) AS b"+
		" LEFT JOIN json_each(coalesce(rows_after, '{}')) AS a ON a.key = b.key WHERE b.value > coalesce(a.value, 0) AND b.key NOT IN (%s))",
		strings.Join(covered, ", "))
}

// more are the references that have more orphans than before.
const more = "(SELECT a.key AS key, coalesce(b.value, 0) AS was, a.value AS now FROM json_each(coalesce(orphans_after, '{}')) AS a" +
	" LEFT JOIN json_each(coalesce(orphans_before, '{}')) AS b ON a.key = b.key WHERE a.value > coalesce(b.value, 0))"

// stop ends the transaction with words of ours if there is such a change.
func stop(words, changes, name string) string {
	return fmt.Sprintf("SELECT json_extract('{}', '%s' || said) FROM (SELECT (SELECT group_concat(key || ' ' || was || ' to ' || now, ', ')"+
		" FROM %s) AS said FROM \"crane_migrations\" WHERE name = %s) WHERE said IS NOT NULL;\n", words, changes, name)
}

func orNull(text string) string {
	if text == "" {
		return "NULL"
	}
	return literal(text)
}

// identifier and literal quote a name and a text for SQL.
func identifier(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }
func literal(text string) string    { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }
