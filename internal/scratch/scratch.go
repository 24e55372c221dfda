// Package scratch is an empty database in memory that allows what D1 allows: the
// same limits, functions, pragmas and modules. Migrations are tried here before
// they are sent anywhere, and what they would touch is learned from SQLite's own
// compiler.
//
// It is not D1: it has no rows but those that migrations insert, and is a later
// SQLite. What it refuses D1 refuses too; what it accepts may still fail on rows.
package scratch

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"modernc.org/sqlite"

	"crane/internal/schema"
	"crane/internal/statement"
)

// Database is one scratch database. It is not for several goroutines.
type Database struct {
	pool *sql.DB
	conn *sql.Conn
	// watch is what the statement that is being compiled does; nil between them.
	watch *Effect
	// tables are those read so far, by their statements.
	tables map[string]*Table
}

// Open makes an empty database. Close it.
func Open(ctx context.Context) (*Database, error) {
	pool, err := sql.Open("sqlite", ":memory:?_pragma=foreign_keys(1)&_defensive=1")
	if err != nil {
		return nil, fmt.Errorf("opening a scratch database: %w", err)
	}
	conn, err := pool.Conn(ctx)
	if err != nil {
		return nil, errors.Join(err, pool.Close())
	}
	d := &Database{pool: pool, conn: conn, tables: map[string]*Table{}}
	if err := d.restrict(ctx); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return d, nil
}

// restrict sets D1's limits and rules. As in D1 all happens in a transaction,
// where PRAGMA foreign_keys does nothing.
func (d *Database) restrict(ctx context.Context) error {
	if _, err := d.conn.ExecContext(ctx, "BEGIN"); err != nil {
		return err
	}
	for id, limit := range limits {
		if _, err := sqlite.Limit(d.conn, id, limit); err != nil {
			return err
		}
	}
	return d.conn.Raw(func(driver any) error {
		return driver.(sqlite.AuthorizerRegisterer).RegisterAuthorizer(d.authorize)
	})
}

// Close frees it.
func (d *Database) Close() error { return errors.Join(d.conn.Close(), d.pool.Close()) }

// Load makes the objects of a schema, without D1's rules, as D1 has them already.
// A live one that does not load was made by an engine that knew more.
func (d *Database) Load(ctx context.Context, s schema.Schema) error {
	for _, o := range s {
		if _, err := d.conn.ExecContext(ctx, o.SQL); err != nil {
			return fmt.Errorf("%w: %s %s: %w", ErrLoad, o.Kind, o.Name, refused(err))
		}
	}
	return nil
}

// Replay runs whole files, as if each had been applied.
func (d *Database) Replay(ctx context.Context, files ...string) error {
	for _, file := range files {
		statements, err := statement.Split(file)
		if err != nil {
			return err
		}
		for _, s := range statements {
			if _, err := d.Run(ctx, s.Text); err != nil {
				return err
			}
		}
	}
	return nil
}

// explain makes SQLite compile a statement, with its triggers and foreign-key
// actions, without running it.
const explain = "EXPLAIN "

// Run compiles one statement, runs it if it changes the schema, and says what it
// does. Rows are never changed, because the ones that matter are not here. A
// RefusedError has SQLite's own words; the effect then says what was denied, if
// that is why.
func (d *Database) Run(ctx context.Context, text string) (Effect, error) {
	if name := newName(text); reserved(name) {
		return Effect{Denied: []string{"the name " + name}}, &RefusedError{Message: "not authorized"}
	}
	if first := word(statement.Tokens(text), 0); first == "VACUUM" {
		return Effect{Denied: []string{first}}, &RefusedError{Message: "cannot VACUUM from within a transaction"}
	}
	effect := Effect{}
	d.watch = &effect
	defer func() { d.watch = nil }()
	return effect, refused(d.exec(ctx, runnable(text)))
}

// exec compiles a statement, and runs it unless it is to be explained. A context
// that can end costs the driver a goroutine per statement, so that whether it has
// ended is asked between them.
func (d *Database) exec(ctx context.Context, text string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	ctx = context.WithoutCancel(ctx)
	if !strings.HasPrefix(text, explain) {
		_, err := d.conn.ExecContext(ctx, text)
		return err
	}
	compiled, err := d.conn.PrepareContext(ctx, text)
	if err != nil {
		return err
	}
	return compiled.Close()
}

// runnable is what is given to SQLite for a statement.
func runnable(text string) string {
	tokens := statement.Tokens(text)
	switch first := word(tokens, 0); {
	case first == "CREATE":
		return withoutRows(text, tokens)
	case first == "ALTER" || first == "DROP" || first == "EXPLAIN":
		return text
	case first == "UPDATE" || first == "DELETE":
		return explain + withoutLimit(text, tokens)
	default:
		return explain + text
	}
}

func word(tokens []statement.Token, i int) string {
	if i >= len(tokens) || tokens[i].Kind != statement.Word {
		return ""
	}
	return strings.ToUpper(tokens[i].Text)
}

// withoutRows makes CREATE TABLE AS evaluate nothing, which could take for ever.
func withoutRows(text string, tokens []statement.Token) string {
	if word(tokens, 1) != "TABLE" {
		return text
	}
	for i := range tokens {
		if next := word(tokens, i+1); word(tokens, i) == "AS" && (next == "SELECT" || next == "WITH" || next == "VALUES") {
			at := tokens[i+1].Offset
			return text[:at] + "SELECT * FROM (" + text[at:] + "\n) LIMIT 0"
		}
		if tokens[i].Text == "(" {
			return text
		}
	}
	return text
}

// withoutLimit takes off what D1's build of SQLite knows and this one does not:
// the ORDER BY and LIMIT of an UPDATE or DELETE.
func withoutLimit(text string, tokens []statement.Token) string {
	depth := 0
	for i, t := range tokens {
		switch {
		case t.Text == "(":
			depth++
		case t.Text == ")":
			depth--
		case depth == 0 && (word(tokens, i) == "LIMIT" || word(tokens, i) == "ORDER"):
			return text[:t.Offset]
		}
	}
	return text
}

// newName is what ALTER TABLE renames a table to; SQLite does not ask about it.
func newName(text string) string {
	t := statement.Tokens(text)
	if n := len(t); n > 4 && word(t, 0) == "ALTER" && word(t, n-2) == "TO" && word(t, n-3) == "RENAME" {
		return strings.Trim(t[n-1].Text, "\"'`[]")
	}
	return ""
}

// Try runs statements for real, without D1's rules, and takes all of it back.
// It gives SQLite's refusal of the first one that fails.
func (d *Database) Try(ctx context.Context, statements ...string) error {
	if _, err := d.conn.ExecContext(ctx, "SAVEPOINT try"); err != nil {
		return err
	}
	var failed error
	for _, s := range statements {
		if _, failed = d.conn.ExecContext(ctx, s); failed != nil {
			break
		}
	}
	_, err := d.conn.ExecContext(ctx, "ROLLBACK TO try; RELEASE try")
	return errors.Join(refused(failed), err)
}

// Schema reads what there is now.
func (d *Database) Schema(ctx context.Context) (schema.Schema, error) {
	s, err := d.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	return s.Schema(), nil
}

// Tables reads all tables there are now, by their names in lower case.
func (d *Database) Tables(ctx context.Context) (map[string]*Table, error) {
	s, err := d.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	return s.Tables, nil
}

// Reset undoes the PRAGMAs that last longer than a file's transaction would.
func (d *Database) Reset(ctx context.Context) error {
	_, err := d.conn.ExecContext(ctx, "PRAGMA legacy_alter_table = OFF; PRAGMA defer_foreign_keys = OFF; PRAGMA ignore_check_constraints = OFF")
	return err
}
