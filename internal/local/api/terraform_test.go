package api_test

import (
	"testing"

	"github.com/cloudflare/cloudflare-go"
	"github.com/stretchr/testify/require"

	"crane/internal/local/account"
	"crane/internal/local/api"
)

// terraform speaks to a cloud with the client of which the official
// provider's v4, Terraform's and Pulumi's, is made, and as it does:
// https://github.com/cloudflare/terraform-provider-cloudflare/tree/v4.52.0.
// The client decides by the HTTP status alone and shows nothing of a 5xx.
type terraform struct {
	*cloudflare.API
	cloud   *cloud
	account *cloudflare.ResourceContainer
}

func newTerraform(t *testing.T) terraform {
	t.Helper()
	return newCloud(t).terraform(account.Staging.Token, account.Staging.ID)
}

// terraform is a client with a token, of an account.
func (c *cloud) terraform(token, id string) terraform {
	c.t.Helper()
	client, err := cloudflare.NewWithAPIToken(token,
		cloudflare.BaseURL(c.api.URL+api.Prefix), cloudflare.UserAgent("terraform-provider-cloudflare/4.52.0"),
		cloudflare.UsingRateLimit(1000), cloudflare.UsingRetryPolicy(0, 0, 0))
	require.NoError(c.t, err)
	return terraform{client, c, cloudflare.AccountIdentifier(id)}
}

// typed is what the client's errors have in common. Note that its name for a
// 403 is AuthenticationError.
type typed interface {
	error
	ErrorCodes() []int
	ErrorMessages() []string
}

// refused checks an error's type, number and words.
func refused[E typed](t *testing.T, err error, code int, text string) {
	t.Helper()
	var as E
	require.ErrorAs(t, err, &as)
	require.Equal(t, []int{code}, as.ErrorCodes())
	require.Len(t, as.ErrorMessages(), 1)
	require.Contains(t, as.ErrorMessages()[0], text)
	require.ErrorContains(t, err, text, "the message is visible")
}

func TestTerraformDatabase(t *testing.T) {
	t.Parallel()
	tf := newTerraform(t)
	made, err := tf.CreateD1Database(t.Context(), tf.account, cloudflare.CreateD1DatabaseParams{Name: "notes"})
	require.NoError(t, err)
	require.Equal(t, "notes", made.Name)
	require.Equal(t, "production", made.Version)
	require.Len(t, made.UUID, 36)
	require.NotNil(t, made.CreatedAt)

	read, err := tf.GetD1Database(t.Context(), tf.account, made.UUID)
	require.NoError(t, err)
	require.Positive(t, read.FileSize)
	read.FileSize = 0
	require.Equal(t, made, read)

	_, err = tf.CreateD1Database(t.Context(), tf.account, cloudflare.CreateD1DatabaseParams{Name: "other"})
	require.NoError(t, err)
	all, info, err := tf.ListD1Databases(t.Context(), tf.account, cloudflare.ListD1DatabasesParams{})
	require.NoError(t, err)
	require.Len(t, all, 2)
	require.Equal(t, 2, info.Total)
	all, _, err = tf.ListD1Databases(t.Context(), tf.account, cloudflare.ListD1DatabasesParams{Name: "notes"})
	require.NoError(t, err)
	require.Len(t, all, 1)
	require.Equal(t, made.UUID, all[0].UUID)

	require.NoError(t, tf.DeleteD1Database(t.Context(), tf.account, made.UUID))
	_, err = tf.GetD1Database(t.Context(), tf.account, made.UUID)
	refused[*cloudflare.NotFoundError](t, err, 7404, "The database "+made.UUID+" could not be found")
}

func TestTerraformDatabaseRefused(t *testing.T) {
	t.Parallel()
	tf := newTerraform(t)
	id := tf.cloud.database("notes")
	before := tf.cloud.state()
	_, err := tf.CreateD1Database(t.Context(), tf.account, cloudflare.CreateD1DatabaseParams{Name: "notes"})
	refused[*cloudflare.RequestError](t, err, 7502, "A database with the name notes already exists")
	_, err = tf.CreateD1Database(t.Context(), tf.account, cloudflare.CreateD1DatabaseParams{Name: "no name"})
	refused[*cloudflare.RequestError](t, err, 7400, `"no name" is no name for a database`)

	const none = "00000000-0000-4000-8000-000000000000"
	missing := "The database " + none + " could not be found"
	_, err = tf.GetD1Database(t.Context(), tf.account, none)
	refused[*cloudflare.NotFoundError](t, err, 7404, missing)
	refused[*cloudflare.NotFoundError](t, tf.DeleteD1Database(t.Context(), tf.account, none), 7404, missing)
	_, err = tf.QueryD1Database(t.Context(), tf.account, cloudflare.QueryD1DatabaseParams{DatabaseID: none, SQL: "SELECT 1"})
	refused[*cloudflare.NotFoundError](t, err, 7404, missing)

	elsewhere := tf.cloud.terraform(account.Staging.Token, account.Production.ID)
	_, err = elsewhere.CreateD1Database(t.Context(), elsewhere.account, cloudflare.CreateD1DatabaseParams{Name: "x"})
	refused[*cloudflare.AuthenticationError](t, err, 7403, "The given account is not valid or is not authorized")
	nobody := tf.cloud.terraform("no-token-of-anybody-00000000000000000000", account.Staging.ID)
	refused[*cloudflare.AuthenticationError](t, nobody.DeleteD1Database(t.Context(), nobody.account, id), 10000, "Authentication error")
	require.Equal(t, before, tf.cloud.state())
}

func TestTerraformQuery(t *testing.T) {
	t.Parallel()
	tf := newTerraform(t)
	id := tf.cloud.database("notes")
	query := func(sql string, params ...string) ([]cloudflare.D1Result, error) {
		return tf.QueryD1Database(t.Context(), tf.account, cloudflare.QueryD1DatabaseParams{DatabaseID: id, SQL: sql, Parameters: params})
	}
	results, err := query("CREATE TABLE notes (id INTEGER PRIMARY KEY, body TEXT); INSERT INTO notes (body) VALUES (?), (?)", "a;b", "c")
	require.NoError(t, err)
	require.Len(t, results, 2)
	require.True(t, *results[1].Success)
	require.True(t, *results[1].Meta.ChangedDB)
	require.Equal(t, 2, results[1].Meta.Changes)
	require.Equal(t, 2, results[1].Meta.LastRowID)
	require.Positive(t, results[1].Meta.SizeAfter)
	results, err = query("SELECT body FROM notes ORDER BY id")
	require.NoError(t, err)
	require.Equal(t, []map[string]any{{"body": "a;b"}, {"body": "c"}}, results[0].Results)

	for sql, text := range map[string]string{
		"DELETE FROM notes; INSERT INTO nowhere VALUES (1)": "no such table: nowhere: SQLITE_ERROR",
		"DELETE FROM notes; SELEC 1":                        `near "SELEC": syntax error at offset 0: SQLITE_ERROR`,
		"DELETE FROM notes; PRAGMA journal_mode":            "not authorized: SQLITE_AUTH",
		"DELETE FROM notes WHERE id = 2; INSERT INTO notes VALUES (1, 'd')": "UNIQUE constraint failed: notes.id: " +
			"SQLITE_CONSTRAINT (extended: SQLITE_CONSTRAINT_PRIMARYKEY)",
		"": "No SQL statements detected.",
	} {
		_, err = query(sql)
		refused[*cloudflare.RequestError](t, err, 7500, text)
	}
	require.Equal(t, `[{"n":2}]`, tf.cloud.rows(id, "SELECT count(*) AS n FROM notes"))
}

// TestTerraformUnknown asks for resources that are not here.
func TestTerraformUnknown(t *testing.T) {
	t.Parallel()
	tf := newTerraform(t)
	_, err := tf.CreateWorkersKVNamespace(t.Context(), tf.account, cloudflare.CreateWorkersKVNamespaceParams{Title: "x"})
	refused[*cloudflare.NotFoundError](t, err, 7003, "/storage/kv/namespaces, perhaps your object identifier is invalid?")
	_, err = tf.GetR2Bucket(t.Context(), tf.account, "bucket")
	refused[*cloudflare.NotFoundError](t, err, 7003, "Could not route to /accounts/"+account.Staging.ID+"/r2/buckets/bucket, perhaps")
	_, err = tf.CreateQueue(t.Context(), tf.account, cloudflare.CreateQueueParams{Name: "q"})
	refused[*cloudflare.NotFoundError](t, err, 7003, "Could not route to")
	require.Empty(t, tf.cloud.state())
}
