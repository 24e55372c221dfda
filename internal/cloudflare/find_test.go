package cloudflare_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"crane/internal/cloudflare"
)

func TestFindDatabase(t *testing.T) {
	t.Parallel()
	r := answering(t, 200, nil, `{"success":true,"errors":[],"messages":[],
		"result":[{"uuid":"one","name":"notes-db-staging-old"},{"uuid":"two","name":"notes-db-staging"}]}`)
	id, err := r.client.FindDatabase(t.Context(), "acc", "notes-db-staging")
	require.NoError(t, err)
	require.Equal(t, "two", id)
	require.Equal(t, "/client/v4/accounts/acc/d1/database", r.last.Load().URL.Path)
	require.Equal(t, "notes-db-staging", r.last.Load().URL.Query().Get("name"))

	id, err = r.client.FindDatabase(t.Context(), "acc", "notes-db")
	require.NoError(t, err)
	require.Empty(t, id, "a name that only contains it is another database")
}

func TestLists(t *testing.T) {
	t.Parallel()
	r := answering(t, 200, nil, `{"success":true,"errors":[],"messages":[],
		"result":[{"uuid":"one","id":"notes","name":"notes-db"},{"uuid":"two","id":"logs","name":"logs-db"}],"result_info":{"page":1,"count":2,"per_page":1000,"total_count":2}}`)
	scripts, err := r.client.Scripts(t.Context(), "acc")
	require.NoError(t, err)
	require.Equal(t, map[string]bool{"notes": true, "logs": true}, scripts)
	require.Equal(t, "/client/v4/accounts/acc/workers/scripts", r.last.Load().URL.Path)
	require.EqualValues(t, 1, r.count.Load())
}

// TestNotFoundIsNotRefused holds that a refusal never reads as an absence.
func TestNotFoundIsNotRefused(t *testing.T) {
	t.Parallel()
	r := answering(t, 403, nil, `{"success":false,"errors":[{"code":10000,"message":"Authentication error"}],"messages":[],"result":null}`)
	_, err := r.client.FindDatabase(t.Context(), "acc", "notes")
	require.ErrorIs(t, err, cloudflare.ErrUnauthorized)
	_, err = r.client.Databases(t.Context(), "acc")
	require.ErrorIs(t, err, cloudflare.ErrUnauthorized)
	_, err = r.client.Scripts(t.Context(), "acc")
	require.ErrorIs(t, err, cloudflare.ErrUnauthorized)
}
