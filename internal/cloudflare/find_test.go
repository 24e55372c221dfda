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

func TestScriptExists(t *testing.T) {
	t.Parallel()
	there := answering(t, 200, nil, `{"success":true,"errors":[],"messages":[],"result":{"enabled":false}}`)
	exists, err := there.client.ScriptExists(t.Context(), "acc", "notes")
	require.NoError(t, err)
	require.True(t, exists, "a script whose route is off exists")

	gone := answering(t, 404, nil, `{"success":false,"errors":[{"code":10007,"message":"This Worker does not exist on your account."}],"messages":[],"result":null}`)
	exists, err = gone.client.ScriptExists(t.Context(), "acc", "notes")
	require.NoError(t, err)
	require.False(t, exists)
}

// TestNotFoundIsNotRefused holds that a refusal never reads as an absence.
func TestNotFoundIsNotRefused(t *testing.T) {
	t.Parallel()
	r := answering(t, 403, nil, `{"success":false,"errors":[{"code":10000,"message":"Authentication error"}],"messages":[],"result":null}`)
	_, err := r.client.FindDatabase(t.Context(), "acc", "notes")
	require.ErrorIs(t, err, cloudflare.ErrUnauthorized)
	_, err = r.client.ScriptExists(t.Context(), "acc", "notes")
	require.ErrorIs(t, err, cloudflare.ErrUnauthorized)
}
