package infisical_test

import (
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"crane/internal/hint"
	"crane/internal/local/infisical"
	"crane/stacks"
)

// fleet has one secret of each class, and one that two Workers share.
func fleet() stacks.Fleet {
	return stacks.Fleet{Workers: []stacks.Worker{
		{Name: "one", Secrets: stacks.Secrets{"OWN": stacks.Infra, "THEIRS": stacks.External}},
		{Name: "two", Secrets: stacks.Secrets{"OWN": stacks.Infra}},
	}}
}

func open(t *testing.T) (*infisical.Store, string) {
	t.Helper()
	dir := t.TempDir()
	store, err := infisical.Open(dir, fleet())
	require.NoError(t, err)
	return store, filepath.Join(dir, infisical.FileName)
}

func get(t *testing.T, store *infisical.Store, scope stacks.Scope, name string) string {
	t.Helper()
	value, err := store.Get(scope, name)
	require.NoError(t, err)
	require.NotEmpty(t, value)
	return value
}

func TestSeedSeparatesTheStacks(t *testing.T) {
	t.Parallel()
	store, file := open(t)
	staging, production := stacks.Staging.Secrets, stacks.Production.Secrets

	require.NotEqual(t, get(t, store, staging, "OWN"), get(t, store, production, "OWN"))
	require.Equal(t, get(t, store, staging, "THEIRS"), get(t, store, production, "THEIRS"))
	require.Equal(t, get(t, store, staging, stacks.FingerprintKey), get(t, store, production, stacks.FingerprintKey))
	names, err := store.Names(staging)
	require.NoError(t, err)
	require.Equal(t, []string{"CRANE_FINGERPRINT_KEY", "OWN", "THEIRS"}, names)
	info, err := os.Stat(file)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
}

func TestSeedCoversTheFleet(t *testing.T) {
	t.Parallel()
	store, err := infisical.Open(t.TempDir(), stacks.Default())
	require.NoError(t, err)
	for _, stack := range stacks.All() {
		for _, worker := range stacks.Default().For(stack).Workers {
			for name := range worker.Secrets {
				get(t, store, stack.Secrets, name)
			}
		}
	}
}

func TestRestartChangesNothing(t *testing.T) {
	t.Parallel()
	store, file := open(t)
	require.NoError(t, store.Set(stacks.Staging.Secrets, "OWN", "mine"))
	before, err := os.ReadFile(file)
	require.NoError(t, err)

	grown := fleet()
	grown.Workers[0].Secrets["LATER"] = stacks.Infra
	again, err := infisical.Open(filepath.Dir(file), grown)
	require.NoError(t, err)

	after, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, string(before), string(after))
	_, err = again.Get(stacks.Staging.Secrets, "LATER")
	require.ErrorIs(t, err, infisical.ErrNotFound)
	require.EqualError(t, err, "not found: secret LATER in dev:/alpha/staging")
}

func TestSetRefusals(t *testing.T) {
	t.Parallel()
	store, file := open(t)
	before, err := os.ReadFile(file)
	require.NoError(t, err)
	for _, tc := range []struct{ name, value, message string }{
		{"NOT GOOD", "v", `invalid secret: the name "NOT GOOD" is not letters, digits and underscores; nothing was changed`},
		{"", "v", `invalid secret: the name "" is not letters, digits and underscores; nothing was changed`},
		{"GOOD", "", "invalid secret: the value of GOOD is empty; nothing was changed"},
	} {
		err := store.Set(stacks.Staging.Secrets, tc.name, tc.value)
		require.ErrorIs(t, err, infisical.ErrName)
		require.EqualError(t, err, tc.message)
	}
	after, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, string(before), string(after))
}

func TestDamagedFileIsKept(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, infisical.FileName)
	require.NoError(t, os.WriteFile(file, []byte(`{"local": {"dev": hush`), 0o600))
	_, err := infisical.Open(dir, fleet())
	require.ErrorIs(t, err, infisical.ErrStore)
	require.EqualError(t, err, "local secrets: "+file+" is not valid JSON; it was left as it is")
	require.NotEmpty(t, hint.Of(err))
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, `{"local": {"dev": hush`, string(text))
}

func TestWritersAtOnceLoseNothing(t *testing.T) {
	t.Parallel()
	store, file := open(t)
	other, err := infisical.Open(filepath.Dir(file), fleet())
	require.NoError(t, err)
	scope := stacks.Scope{Environment: "dev", Path: "/new"}
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			writer := []*infisical.Store{store, other}[i%2]
			if err := writer.Set(scope, "N"+strconv.Itoa(i), "v"); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	names, err := store.Names(scope)
	require.NoError(t, err)
	require.Len(t, names, 20)
	left, err := filepath.Glob(file + ".*")
	require.NoError(t, err)
	require.Empty(t, left)
}
