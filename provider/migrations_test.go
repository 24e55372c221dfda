package main

import (
	"strings"
	"testing"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/integration"
	presource "github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/asset"
	"github.com/pulumi/pulumi/sdk/v3/go/property"
	"github.com/stretchr/testify/require"

	"crane/internal/local/account"
)

const migrations = "Migrations"

func (s *stage) migrations(names ...string) property.Map {
	return properties(map[string]any{"accountId": account.Staging.ID, "databaseId": "db", "files": s.files(names...)})
}

func twoFiles(t *testing.T) *stage {
	t.Helper()
	s := newStage(t)
	s.write("0001_a.sql", "CREATE TABLE a(x);\n")
	s.write("0002_b.sql", "CREATE TABLE b(x);\n")
	return s
}

func TestMigrationsLifeCycle(t *testing.T) {
	t.Parallel()
	s := twoFiles(t)
	integration.LifeCycleTest{
		Resource: urn(migrations).Type(),
		Create: integration.Operation{
			Inputs: s.migrations("0001_a.sql"),
			Hook: func(_, output property.Map) {
				require.Len(t, s.asked(), 3, "a look, one file, a look")
				require.Equal(t, "0001_a.sql", output.Get("head").AsString())
			},
		},
		Updates: []integration.Operation{{
			Inputs: s.migrations("0001_a.sql", "0002_b.sql"),
			Hook: func(_, output property.Map) {
				require.Len(t, s.asked(), 6, "two looks, a bookmark, one file, the schema and the rows")
				require.Equal(t, "0002_b.sql", output.Get("head").AsString())
				require.Equal(t, 2, output.Get("applied").AsArray().Len())
			},
		}},
	}.Run(t, s)
	require.Empty(t, s.asked(), "a delete keeps the data and sends nothing")
	require.Equal(t, []string{"0001_a.sql", "0002_b.sql"}, s.db.Ledger(t))
}

func TestMigrationsUnchanged(t *testing.T) {
	t.Parallel()
	s := twoFiles(t)
	state := s.created(migrations, s.migrations("0001_a.sql", "0002_b.sql"))
	diff, err := s.diff(migrations, state, s.migrations("0001_a.sql", "0002_b.sql"))
	require.NoError(t, err)
	require.False(t, diff.HasChanges)

	read, err := s.Read(p.ReadRequest{ID: state.ID, Urn: urn(migrations), Properties: state.Properties, Inputs: s.checked(migrations, s.migrations("0001_a.sql", "0002_b.sql"))})
	require.NoError(t, err)
	require.Equal(t, state.Properties, read.Properties)
	require.Equal(t, s.checked(migrations, s.migrations("0001_a.sql", "0002_b.sql")), read.Inputs)
	require.Len(t, s.asked(), 2)
}

// TestMigrationsStateHasNoRows: the state has the schema, which a preview needs,
// and of the files their digests: what they write into rows is in neither.
func TestMigrationsStateHasNoRows(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.write("0001_a.sql", "CREATE TABLE a(x);\nINSERT INTO a VALUES ('of nobody else''s concern');\n")
	state := s.created(migrations, s.migrations("0001_a.sql"))
	text := presource.ToResourcePropertyValue(property.New(state.Properties)).String()
	require.Contains(t, text, "CREATE TABLE a(x)")
	require.NotContains(t, text, "concern")
	sql := state.Properties.Get("files").AsArray().Get(0).AsMap().Get("sql").AsAsset()
	require.Equal(t, "0001_a.sql", sql.Path)
	require.Empty(t, sql.Text)
}

func TestMigrationsPreview(t *testing.T) {
	t.Parallel()
	s := twoFiles(t)
	inputs := s.checked(migrations, s.migrations("0001_a.sql", "0002_b.sql").Set("databaseId", property.New(property.Computed)))
	created, err := s.Create(p.CreateRequest{Urn: urn(migrations), Properties: inputs, DryRun: true})
	require.NoError(t, err)
	require.Equal(t, "0002_b.sql", created.Properties.Get("head").AsString())
	require.True(t, created.Properties.Get("databaseId").IsComputed())

	state := s.created(migrations, s.migrations("0001_a.sql"))
	s.asked()
	diff, err := s.diff(migrations, state, s.migrations("0001_a.sql", "0002_b.sql"))
	require.NoError(t, err)
	require.Equal(t, map[string]p.PropertyDiff{"files[1]": {Kind: p.Add, InputDiff: true}}, diff.DetailedDiff)
	updated, err := s.Update(p.UpdateRequest{ID: state.ID, Urn: urn(migrations), State: state.Properties,
		Inputs: s.checked(migrations, s.migrations("0001_a.sql", "0002_b.sql")), DryRun: true})
	require.NoError(t, err)
	require.Equal(t, "0002_b.sql", updated.Properties.Get("head").AsString())
	require.Empty(t, s.asked())
}

func TestMigrationsReplacedWithTheirDatabase(t *testing.T) {
	t.Parallel()
	s := twoFiles(t)
	state := s.created(migrations, s.migrations("0001_a.sql"))
	for _, id := range []property.Value{property.New("db2"), property.New(property.Computed)} {
		diff, err := s.diff(migrations, state, s.migrations("0002_b.sql").Set("databaseId", id))
		require.NoError(t, err)
		require.Equal(t, p.UpdateReplace, diff.DetailedDiff["databaseId"].Kind)
	}
	diff, err := s.diff(migrations, state, s.migrations("0001_a.sql").Set("accountId", property.New("other")))
	require.NoError(t, err)
	require.Equal(t, p.UpdateReplace, diff.DetailedDiff["accountId"].Kind)
}

func TestMigrationsRefuseAChangedPast(t *testing.T) {
	t.Parallel()
	s := twoFiles(t)
	s.write("0003_c.sql", "CREATE TABLE c(x);\n")
	state := s.created(migrations, s.migrations("0001_a.sql", "0003_c.sql"))
	s.write("0001_a.sql", "CREATE TABLE a(y);\n")
	_, err := s.diff(migrations, state, s.migrations("0001_a.sql", "0002_b.sql"))
	require.EqualError(t, err, `the migrations do not continue what was applied:
  0001_a.sql: was changed after it was applied
  0003_c.sql: was applied, but its file is gone
  0002_b.sql: is new, but 0003_c.sql was already applied
nothing was applied
hint: bring the file back (git checkout, or from whoever applied it); leave applied files as they were, and put the change into a new file with a higher number`)
	require.Equal(t, []string{"0001_a.sql", "0003_c.sql"}, s.db.Ledger(t))
}

func TestMigrationsCheckRefusesBeforeAnyRequest(t *testing.T) {
	t.Parallel()
	s := twoFiles(t)
	stale := s.migrations("0001_a.sql")
	s.write("0001_a.sql", "CREATE TABLE other(x);\n")
	require.Contains(t, s.refused(migrations, stale), "files: invalid migrations:\n  0001_a.sql: its sha256 is ")

	s.write("0003_c.sql", "CREATE TABLE c(x)")
	s.write("0002_x.sql", "\n")
	reasons := s.refused(migrations, s.migrations("0002_b.sql", "0002_x.sql", "0003_c.sql"))
	require.Contains(t, reasons, "0002_x.sql: is empty")
	require.Contains(t, reasons, "0002_x.sql: has the same number as 0002_b.sql")
	require.Contains(t, reasons, "0003_c.sql: does not end with a semicolon")

	for _, wrong := range []*asset.Asset{{Sig: asset.AssetSig, Text: "SELECT 1;"}, {Sig: asset.AssetSig, Path: s.root + "/0002_b.sql"}} {
		file := s.files("0002_b.sql").AsArray().Get(0).AsMap().Set("sql", property.New(wrong))
		inputs := s.migrations().Set("files", property.New([]property.Value{property.New(file)}))
		require.Contains(t, s.refused(migrations, inputs), "0002_b.sql: sql is not a FileAsset with a relative path")
	}
	require.Empty(t, s.asked())
}

func TestMigrationsStopHalfway(t *testing.T) {
	t.Parallel()
	s := twoFiles(t)
	s.refuse = "CREATE TABLE b"
	s.write("0002_b.sql", "\nCREATE TABLE b(x);\n")
	created, err := s.Create(p.CreateRequest{Urn: urn(migrations), Properties: s.checked(migrations, s.migrations("0001_a.sql", "0002_b.sql"))})
	require.Error(t, err)
	require.NotNil(t, created.PartialState)
	require.Contains(t, created.PartialState.Reasons[0], "0002_b.sql:2:1: near")
	require.Contains(t, created.PartialState.Reasons[0], "already applied in this run: 0001_a.sql\nhint: mend 0002_b.sql")
	require.Equal(t, "0001_a.sql", created.Properties.Get("head").AsString())

	s.write("0002_b.sql", "CREATE TABLE b(y);\n")
	diff, err := s.diff(migrations, created, s.migrations("0001_a.sql", "0002_b.sql"))
	require.NoError(t, err)
	require.True(t, diff.HasChanges)
	s.write("0001_a.sql", "CREATE TABLE edited(x);\n")
	_, err = s.diff(migrations, created, s.migrations("0001_a.sql", "0002_b.sql"))
	require.ErrorContains(t, err, "0001_a.sql: was changed after it was applied")
}

// TestMigrationsRefusedInThePreview: what would fail with rows is refused where
// it is read, with the reason, the rows and what to write instead.
func TestMigrationsRefusedInThePreview(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.write("0000_z.sql", "CREATE TABLE z(x);\n")
	s.write("0001_a.sql", "CREATE TABLE a(x);\nINSERT INTO a VALUES (1);\n")
	s.write("0002_b.sql", "ALTER TABLE a ADD COLUMN y TEXT NOT NULL;\n")
	s.created(migrations, s.migrations("0000_z.sql"))
	state := s.created(migrations, s.migrations("0000_z.sql", "0001_a.sql"))
	s.asked()
	inputs := s.checked(migrations, s.migrations("0000_z.sql", "0001_a.sql", "0002_b.sql"))
	const want = `refused by the linter:
  0002_b.sql:1:1: add-not-null: Cannot add a NOT NULL column with default value NULL, and a may have rows (a has 1-9 rows)
      instead: give a constant default: ALTER TABLE a ADD COLUMN y … NOT NULL DEFAULT ''; or leave out NOT NULL
nothing was applied
hint: crane migrate lint --explain add-not-null`
	_, err := s.Update(p.UpdateRequest{ID: state.ID, Urn: urn(migrations), State: state.Properties, Inputs: inputs, DryRun: true})
	require.EqualError(t, err, want)
	require.Empty(t, s.asked())
	before := s.db.Contents(t)
	_, err = s.Update(p.UpdateRequest{ID: state.ID, Urn: urn(migrations), State: state.Properties, Inputs: inputs})
	require.ErrorContains(t, err, "0002_b.sql:1:1: add-not-null: ")
	require.Equal(t, before, s.db.Contents(t))
}

func TestMigrationsFirstFileFails(t *testing.T) {
	t.Parallel()
	s := twoFiles(t)
	s.refuse = "CREATE TABLE a"
	created, err := s.Create(p.CreateRequest{Urn: urn(migrations), Properties: s.checked(migrations, s.migrations("0001_a.sql"))})
	require.ErrorContains(t, err, "0001_a.sql:1:1: ")
	require.ErrorContains(t, err, "this file committed nothing, and nothing was applied before it")
	require.Nil(t, created.PartialState)
	require.Empty(t, s.db.Ledger(t))
}

// TestMigrationsTakenBack: a file that was declared, never applied and taken back
// is no longer what was declared, or a refresh would miss it for ever.
func TestMigrationsTakenBack(t *testing.T) {
	t.Parallel()
	s := twoFiles(t)
	state := s.created(migrations, s.migrations("0001_a.sql", "0002_b.sql"))
	s.db.Must(t, "DELETE FROM d1_migrations WHERE id > 1; DELETE FROM crane_migrations WHERE rowid > 1; DROP TABLE b")
	inputs := s.checked(migrations, s.migrations("0001_a.sql", "0002_b.sql"))
	read, err := s.Read(p.ReadRequest{ID: state.ID, Urn: urn(migrations), Properties: state.Properties, Inputs: inputs})
	require.NoError(t, err)
	diff, err := s.diff(migrations, p.CreateResponse{ID: read.ID, Properties: read.Properties}, s.migrations("0001_a.sql"))
	require.NoError(t, err)
	require.Equal(t, map[string]p.PropertyDiff{"files": {Kind: p.Update, InputDiff: true}}, diff.DetailedDiff)
}

func TestMigrationsDrift(t *testing.T) {
	t.Parallel()
	s := twoFiles(t)
	inputs := s.checked(migrations, s.migrations("0001_a.sql"))
	state := s.created(migrations, s.migrations("0001_a.sql"))
	request := p.ReadRequest{ID: state.ID, Urn: urn(migrations), Properties: state.Properties, Inputs: inputs}

	s.db.Must(t, "INSERT INTO d1_migrations (name) VALUES ('0002_b.sql'); CREATE TABLE b(x)")
	read, err := s.Read(request)
	require.NoError(t, err)
	require.Equal(t, "0002_b.sql", read.Properties.Get("head").AsString())
	adopted := p.CreateResponse{ID: read.ID, Properties: read.Properties}
	diff, err := s.diff(migrations, adopted, s.migrations("0001_a.sql"))
	require.NoError(t, err, "a refresh goes on")
	require.Equal(t, map[string]p.PropertyDiff{"applied": {Kind: p.Update, InputDiff: true}}, diff.DetailedDiff)
	for _, preview := range []bool{true, false} {
		_, err = s.Update(p.UpdateRequest{ID: read.ID, Urn: urn(migrations), State: read.Properties, Inputs: inputs, DryRun: preview})
		require.ErrorContains(t, err, "0002_b.sql: was applied, but its file is gone", "an update does not")
	}
	diff, err = s.diff(migrations, adopted, s.migrations("0001_a.sql", "0002_b.sql"))
	require.NoError(t, err)
	require.True(t, diff.HasChanges, "the digest of what somebody else applied becomes known")
	both := s.checked(migrations, s.migrations("0001_a.sql", "0002_b.sql"))
	updated, err := s.Update(p.UpdateRequest{ID: read.ID, Urn: urn(migrations), State: read.Properties, Inputs: both})
	require.NoError(t, err)
	diff, err = s.diff(migrations, p.CreateResponse{ID: read.ID, Properties: updated.Properties}, s.migrations("0001_a.sql", "0002_b.sql"))
	require.NoError(t, err)
	require.False(t, diff.HasChanges, "and then stays known")

	s.gone = true
	read, err = s.Read(request)
	require.NoError(t, err)
	require.Empty(t, read.ID)
}

func TestMigrationsWithTheWrongToken(t *testing.T) {
	t.Parallel()
	s := twoFiles(t)
	inputs := s.migrations("0001_a.sql").Set("accountId", property.New(account.Production.ID))
	_, err := s.Create(p.CreateRequest{Urn: urn(migrations), Properties: s.checked(migrations, inputs)})
	require.Error(t, err)
	require.NotContains(t, err.Error(), account.Staging.Token)
	require.False(t, strings.Contains(err.Error(), "CREATE TABLE"))
	require.Empty(t, s.db.Ledger(t))
}
