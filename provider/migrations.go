package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"

	"crane/internal/cloudflare"
	"crane/internal/migrate"
)

// Migrations brings a D1 database up to a list of SQL files, in order.
type Migrations struct{ world World }

// MigrationsArgs are the inputs.
type MigrationsArgs struct {
	AccountID  string          `pulumi:"accountId"`
	DatabaseID string          `pulumi:"databaseId"`
	Files      []MigrationFile `pulumi:"files"`
}

// MigrationsState is what the state keeps: digests, never SQL.
type MigrationsState struct {
	MigrationsArgs
	Head    string             `pulumi:"head"`
	Applied []AppliedMigration `pulumi:"applied"`
	// Schema is what the next migrations are judged against in a preview, and
	// what they must find when they are applied.
	Schema []SchemaObject `pulumi:"schema,optional"`
	// Rows are orders of magnitude, such as 10-99.
	Rows map[string]string `pulumi:"rows,optional"`
	// Bookmark is where the database was before the last run that applied a file.
	Bookmark string `pulumi:"bookmark,optional"`
}

// AppliedMigration is a row of the database's ledger.
type AppliedMigration struct {
	Name   string `pulumi:"name"`
	SHA256 string `pulumi:"sha256"`
}

// Annotate describes the resource in the schema.
func (m *Migrations) Annotate(a infer.Annotator) {
	a.SetToken("index", "Migrations")
	a.Describe(&m, "The migrations of a D1 database, applied in order, one request and one transaction per file. "+
		"Deleting the resource keeps the data.")
}

// Annotate describes the inputs in the schema.
func (m *MigrationsArgs) Annotate(a infer.Annotator) {
	a.Describe(&m.AccountID, "Id of the Cloudflare account.")
	a.Describe(&m.DatabaseID, "Id of the D1 database.")
	a.Describe(&m.Files, "Every migration there is, applied or not.")
}

// Annotate describes the outputs in the schema.
func (m *MigrationsState) Annotate(a infer.Annotator) {
	a.Describe(&m.Head, "Name of the newest migration.")
	a.Describe(&m.Applied, "What the database has, in the order of its ledger.")
	a.Describe(&m.Schema, "The database's objects after the last migration.")
	a.Describe(&m.Rows, "About how many rows each table has, as an order of magnitude.")
	a.Describe(&m.Bookmark, "Where the database was before the last run that applied a file; Time Travel restores it.")
}

// Check reads the files and refuses what could not be applied. It sends nothing.
func (m *Migrations) Check(ctx context.Context, req infer.CheckRequest) (infer.CheckResponse[MigrationsArgs], error) {
	args, failures, err := infer.DefaultCheck[MigrationsArgs](ctx, req.NewInputs)
	if err == nil && len(failures) == 0 && !req.NewInputs.Get("files").HasComputed() {
		_, err := m.world.read(args.Files)
		failures = failed("files", err)
	}
	return infer.CheckResponse[MigrationsArgs]{Inputs: args, Failures: failures}, err
}

// Diff compares names and digests with what was applied. It sends nothing and
// looks at no path: the same files elsewhere are no change.
func (*Migrations) Diff(_ context.Context, req infer.DiffRequest[MigrationsArgs, MigrationsState]) (infer.DiffResponse, error) {
	found := changes{}
	found.replace("accountId", req.State.AccountID != req.Inputs.AccountID)
	found.replace("databaseId", req.State.DatabaseID != req.Inputs.DatabaseID)
	if len(found) > 0 {
		return found.response(), nil // another database has a past of its own
	}
	pending, err := migrate.Plan(declared(req.Inputs.Files), applied(req.State.Applied))
	same := slices.Equal(digests(req.Inputs.Files), digests(req.State.Files))
	if err != nil && same {
		found.update("applied", true) // by somebody else: for a refresh to say, and for an update to refuse
		return found.response(), nil
	}
	if err != nil {
		return infer.DiffResponse{}, hinted(err)
	}
	for i, file := range req.Inputs.Files {
		found.note(fmt.Sprintf("files[%d]", i), p.Add, news(file.Name, pending, req.State.Applied))
	}
	found.update("files", len(found) == 0 && !same) // one that was never applied is no longer declared
	return found.response(), nil
}

// Create applies what the database does not have yet.
func (m *Migrations) Create(ctx context.Context, req infer.CreateRequest[MigrationsArgs]) (infer.CreateResponse[MigrationsState], error) {
	state, err := m.apply(ctx, req.Inputs, MigrationsState{}, req.DryRun)
	return infer.CreateResponse[MigrationsState]{ID: req.Inputs.DatabaseID, Output: state}, err
}

// Update applies what the database does not have yet.
func (m *Migrations) Update(ctx context.Context, req infer.UpdateRequest[MigrationsArgs, MigrationsState]) (infer.UpdateResponse[MigrationsState], error) {
	state, err := m.apply(ctx, req.Inputs, req.State, req.DryRun)
	return infer.UpdateResponse[MigrationsState]{Output: state}, err
}

// Read says what the ledger has. A database that is gone has no migrations to
// manage either, so the resource is gone with it.
func (m *Migrations) Read(ctx context.Context, req infer.ReadRequest[MigrationsArgs, MigrationsState]) (infer.ReadResponse[MigrationsArgs, MigrationsState], error) {
	none := infer.ReadResponse[MigrationsArgs, MigrationsState]{}
	client, err := m.world.client(ctx)
	if err != nil {
		return none, hinted(err)
	}
	db := client.Database(req.State.AccountID, req.State.DatabaseID)
	live, err := migrate.Inspect(ctx, db)
	if errors.Is(err, cloudflare.ErrNotFound) {
		p.GetLogger(ctx).Warningf("D1 database %s is gone, and its data with it\nhint: crane drift", req.State.DatabaseID)
		return none, nil
	}
	if err != nil {
		return none, hinted(err)
	}
	for _, text := range outside(live, req.State) {
		p.GetLogger(ctx).Warning(text)
	}
	state := req.State
	state.record(live.Applied, slices.Concat(req.State.Applied, digests(req.State.Files)))
	state.Schema = objects(live.Schema)
	return infer.ReadResponse[MigrationsArgs, MigrationsState]{ID: req.ID, Inputs: req.Inputs, State: state}, nil
}

// WireDependencies tells a preview that the outputs follow from the files, so
// that what waits for the head shows the very one.
func (*Migrations) WireDependencies(f infer.FieldSelector, args *MigrationsArgs, state *MigrationsState) {
	f.OutputField(&state.Head).AlwaysKnown()
	f.OutputField(&state.Applied).AlwaysKnown()
}

// apply does the work of Create and Update, or in a preview foretells it. When
// it stops halfway, the state still says what was applied: a file must not be
// edited after that.
func (m *Migrations) apply(ctx context.Context, args MigrationsArgs, before MigrationsState, preview bool) (MigrationsState, error) {
	state := before
	state.MigrationsArgs = args
	files, err := m.world.read(args.Files)
	if err != nil {
		return state, hinted(err)
	}
	if preview {
		state.Head, state.Applied = migrate.Head(namesOf(files)), digests(args.Files)
		return state, hinted(foretell(ctx, files, before))
	}
	client, err := m.world.client(ctx)
	if err != nil {
		return state, hinted(err)
	}
	log := p.GetLogger(ctx)
	result, err := migrate.Apply(ctx, client.Database(args.AccountID, args.DatabaseID), migrate.Run{
		Files: files, Known: known(before), Had: applied(before.Applied),
		Done: func(f migrate.File) { log.Info("applied " + f.Name) },
		Adopted: func(names []string) {
			log.Info("adopted, as wrangler applied them: " + strings.Join(names, ", "))
		},
	})
	state.take(result, digests(args.Files))
	if partial, ok := errors.AsType[*migrate.PartialError](err); ok && len(partial.Applied) > 0 {
		return state, infer.ResourceInitFailedError{Reasons: []string{hinted(err).Error()}}
	}
	return state, hinted(err)
}

// take notes what a run came to.
func (s *MigrationsState) take(r migrate.Result, declared []AppliedMigration) {
	s.record(r.Applied, slices.Concat(s.Applied, declared))
	s.Schema, s.Rows = objects(r.Schema), r.Rows
	s.Bookmark = cmp.Or(r.Bookmark, s.Bookmark)
}

// record notes the ledger's files, each with the first digest known for it: what
// was applied comes before what is declared.
func (s *MigrationsState) record(ledger []migrate.Applied, known []AppliedMigration) {
	s.Head, s.Applied = "", []AppliedMigration{}
	for _, a := range ledger {
		row := AppliedMigration{Name: a.Name, SHA256: a.SHA256}
		for _, k := range known {
			if k.Name == a.Name {
				row.SHA256 = cmp.Or(row.SHA256, k.SHA256)
			}
		}
		s.Head, s.Applied = a.Name, append(s.Applied, row)
	}
}
