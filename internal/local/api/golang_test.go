package api_test

import (
	"testing"
	"time"

	"github.com/cloudflare/cloudflare-go/v6/d1"
	"github.com/cloudflare/cloudflare-go/v6/option"
	"github.com/stretchr/testify/require"

	"crane/internal/local/account"
	"crane/internal/local/api"
)

// options let the official Go SDK speak to the cloud.
func (c *cloud) options(token string) []option.RequestOption {
	return []option.RequestOption{
		option.WithBaseURL(c.api.URL + api.Prefix + "/"), option.WithAPIToken(token), option.WithMaxRetries(0),
	}
}

// field has a text in the SDK's form, whose type has no name outside the SDK:
// its AccountID can be any other field of that type.
func field(text string) (holder d1.DatabaseGetParams) {
	holder.AccountID.Value, holder.AccountID.Present = text, true
	return holder
}

var ours = field(account.Staging.ID).AccountID

// failed checks the SDK's error.
func failed(t *testing.T, err error, status int, code int64, text string) {
	t.Helper()
	var as *d1.Error // every subpackage's Error is the same type
	require.ErrorAs(t, err, &as)
	require.Equal(t, status, as.StatusCode)
	require.Len(t, as.Errors, 1)
	require.Equal(t, code, as.Errors[0].Code)
	require.Contains(t, as.Errors[0].Message, text)
}

func TestGoDatabase(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	databases := d1.NewDatabaseService(c.options(account.Staging.Token)...)
	made, err := databases.New(t.Context(), d1.DatabaseNewParams{AccountID: ours, Name: field("notes").AccountID})
	require.NoError(t, err)
	require.Equal(t, "notes", made.Name)
	require.Equal(t, "production", made.Version)
	require.Equal(t, d1.D1ReadReplicationModeDisabled, made.ReadReplication.Mode)
	require.WithinDuration(t, time.Now(), made.CreatedAt, time.Minute)
	c.rows(made.UUID, "CREATE TABLE a (x)")
	got, err := databases.Get(t.Context(), made.UUID, d1.DatabaseGetParams{AccountID: ours})
	require.NoError(t, err)
	require.EqualValues(t, 1, got.NumTables)
	require.Greater(t, got.FileSize, 4000.0)
	require.Equal(t, made.UUID, got.UUID)

	c.database("notes-too")
	page, err := databases.List(t.Context(), d1.DatabaseListParams{AccountID: ours, Name: field("notes").AccountID})
	require.NoError(t, err)
	require.Len(t, page.Result, 2, "the filter is for names that contain it")
	require.Equal(t, made.UUID, page.Result[1].UUID)
	require.Empty(t, page.Result[1].JSON.ExtraFields, "a list shows less than a database does")
	all := databases.ListAutoPaging(t.Context(), d1.DatabaseListParams{AccountID: ours})
	n := 0
	for all.Next() {
		n++
	}
	require.NoError(t, all.Err())
	require.Equal(t, 2, n)

	_, err = databases.Delete(t.Context(), made.UUID, d1.DatabaseDeleteParams{AccountID: ours})
	require.NoError(t, err)
	_, err = databases.Get(t.Context(), made.UUID, d1.DatabaseGetParams{AccountID: ours})
	failed(t, err, 404, 7404, "The database "+made.UUID+" could not be found")
}

func TestGoDatabaseRefused(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	databases := d1.NewDatabaseService(c.options(account.Staging.Token)...)
	id := c.database("notes")
	before := c.state()
	_, err := databases.New(t.Context(), d1.DatabaseNewParams{AccountID: ours, Name: field("notes").AccountID})
	failed(t, err, 400, 7502, "notes already exists")
	_, err = databases.Delete(t.Context(), "none", d1.DatabaseDeleteParams{AccountID: ours})
	failed(t, err, 404, 7404, "The database none could not be found")
	theirs := field(account.Production.ID).AccountID
	_, err = databases.List(t.Context(), d1.DatabaseListParams{AccountID: theirs})
	failed(t, err, 403, 7403, "not authorized to access this service")
	nobody := d1.NewDatabaseService(c.options("nobody")...)
	_, err = nobody.Delete(t.Context(), id, d1.DatabaseDeleteParams{AccountID: ours})
	failed(t, err, 403, 10000, "Authentication error")
	require.Equal(t, before, c.state())
}

// query asks with one text of statements.
func query(sql string, params ...string) d1.DatabaseQueryParams {
	body := d1.DatabaseQueryParamsBodyD1SingleQuery{Sql: field(sql).AccountID}
	body.Params.Value, body.Params.Present = params, len(params) > 0
	return d1.DatabaseQueryParams{AccountID: ours, Body: body}
}

func TestGoQuery(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	id := c.database("notes")
	databases := d1.NewDatabaseService(c.options(account.Staging.Token)...)
	page, err := databases.Query(t.Context(), id, query("CREATE TABLE a (id INTEGER PRIMARY KEY, x TEXT); INSERT INTO a (x) VALUES (?), (?)", "p", "q;r"))
	require.NoError(t, err)
	require.Len(t, page.Result, 2)
	require.True(t, page.Result[1].Success)
	meta := page.Result[1].Meta
	require.True(t, meta.ChangedDB)
	require.True(t, meta.ServedByPrimary)
	require.EqualValues(t, 2, meta.Changes)
	require.EqualValues(t, 2, meta.LastRowID)
	require.EqualValues(t, 2, meta.RowsWritten)
	require.Greater(t, meta.SizeAfter, 4000.0)
	page, err = databases.Query(t.Context(), id, query("SELECT x FROM a ORDER BY id; SELECT NULL AS none WHERE 0"))
	require.NoError(t, err)
	require.Equal(t, []any{map[string]any{"x": "p"}, map[string]any{"x": "q;r"}}, page.Result[0].Results)
	require.Equal(t, []any{}, page.Result[1].Results)
	require.False(t, page.Result[0].Meta.ChangedDB)

	raw, err := databases.Raw(t.Context(), id, d1.DatabaseRawParams{
		AccountID: ours, Body: d1.DatabaseRawParamsBodyD1SingleQuery{Sql: field("SELECT id, x, x FROM a WHERE id = 2").AccountID},
	})
	require.NoError(t, err)
	require.Equal(t, []string{"id", "x", "x"}, raw.Result[0].Results.Columns)
	require.Equal(t, [][]any{{2.0, "q;r", "q;r"}}, raw.Result[0].Results.Rows)

	_, err = databases.Query(t.Context(), id, query("DELETE FROM a; SELECT * FROM missing"))
	failed(t, err, 400, 7500, "no such table: missing: SQLITE_ERROR")
	_, err = databases.Query(t.Context(), id, query("DELETE FROM a; SELECT ?; SELECT 1", "of the last statement"))
	failed(t, err, 400, 7500, "Wrong number of parameter bindings for SQL query.")
	_, err = databases.Query(t.Context(), "none", query("SELECT 1"))
	failed(t, err, 404, 7404, "could not be found")
	require.Equal(t, `[{"n":2}]`, c.rows(id, "SELECT count(*) AS n FROM a"), "a refused request changes nothing")
}

func TestGoTimeTravel(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	id := c.database("notes")
	travel := d1.NewDatabaseTimeTravelService(c.options(account.Staging.Token)...)
	c.rows(id, "CREATE TABLE a AS SELECT 'kept' AS x")
	now, err := travel.GetBookmark(t.Context(), id, d1.DatabaseTimeTravelGetBookmarkParams{AccountID: ours})
	require.NoError(t, err)
	require.Equal(t, c.bookmark(id, ""), now.Bookmark)
	at := d1.DatabaseTimeTravelGetBookmarkParams{AccountID: ours}
	time.Sleep(time.Until(time.Now().Truncate(time.Second).Add(time.Second))) // the SDK sends whole seconds
	at.Timestamp.Value, at.Timestamp.Present = time.Now(), true
	c.rows(id, "DELETE FROM a")
	emptied := c.bookmark(id, "")
	then, err := travel.GetBookmark(t.Context(), id, at)
	require.NoError(t, err)
	require.Equal(t, now.Bookmark, then.Bookmark)

	restore := func(bookmark string) (*d1.DatabaseTimeTravelRestoreResponse, error) {
		return travel.Restore(t.Context(), id, d1.DatabaseTimeTravelRestoreParams{AccountID: ours, Bookmark: field(bookmark).AccountID})
	}
	_, err = restore("yesterday")
	failed(t, err, 400, 7400, `"yesterday" is no bookmark`)
	_, err = restore("ffffffff" + emptied[8:])
	failed(t, err, 400, 7500, "there is no state with the bookmark")
	_, err = travel.GetBookmark(t.Context(), "none", d1.DatabaseTimeTravelGetBookmarkParams{AccountID: ours})
	failed(t, err, 404, 7404, "could not be found")
	require.Equal(t, emptied, c.bookmark(id, ""))

	back, err := restore(then.Bookmark)
	require.NoError(t, err)
	require.Equal(t, then.Bookmark, back.Bookmark)
	require.Equal(t, emptied, back.PreviousBookmark)
	require.NotEmpty(t, back.Message)
	require.Equal(t, `[{"x":"kept"}]`, c.rows(id, "SELECT x FROM a"))
	_, err = restore(back.PreviousBookmark)
	require.NoError(t, err)
	require.Equal(t, `[]`, c.rows(id, "SELECT x FROM a"))
}
