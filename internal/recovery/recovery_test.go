package recovery

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"crane/stacks"
)

const exported = `{
  "version": 3, "kept": {"as": "it came"},
  "deployment": {
    "manifest": {"time": "now"},
    "resources": [
      {"urn": "urn:pulumi:staging::crane::crane:infra:Database::notes"},
      {"urn": "urn:pulumi:staging::crane::crane:infra:Database$cloudflare:index/d1Database:D1Database::notes-d1"},
      {"urn": "urn:pulumi:staging::crane::crane:infra:Worker$cloudflare:index/workersScript:WorkersScript::old-script", "delete": true}
    ],
    "pending_operations": [
      {"type": "creating", "resource": {"urn": "urn:pulumi:staging::crane::crane:infra:Worker$cloudflare:index/workersScript:WorkersScript::notes-script"}}
    ]
  }
}`

func fleet() []stacks.Resource {
	return stacks.Fleet{
		Databases: []stacks.Database{{Name: "notes"}, {Name: "logs"}},
		Workers:   []stacks.Worker{{Name: "notes"}, {Name: "old"}},
	}.Resources(stacks.Staging)
}

func parsed(t *testing.T) *State {
	s, err := Parse([]byte(exported))
	require.NoError(t, err)
	return s
}

func TestLacking(t *testing.T) {
	t.Parallel()
	var names []string
	for _, r := range parsed(t).Lacking(fleet()) {
		names = append(names, r.Name+" "+r.Object)
	}
	require.Equal(t, []string{
		"logs-d1 logs-db-staging", "notes-script notes-staging", "old-script old-staging",
	}, names, "what waits for its deletion is not there")
}

func TestSettled(t *testing.T) {
	t.Parallel()
	s := parsed(t)
	require.Equal(t, []string{"creating notes-script"}, s.Pending())
	text, err := s.Settled()
	require.NoError(t, err)
	again, err := Parse(text)
	require.NoError(t, err)
	require.Empty(t, again.Pending())

	var want, got map[string]any
	require.NoError(t, json.Unmarshal([]byte(exported), &want))
	require.NoError(t, json.Unmarshal(text, &got))
	delete(want["deployment"].(map[string]any), "pending_operations")
	require.Equal(t, want, got, "everything else is passed on as it came")
}

func TestNewStack(t *testing.T) {
	t.Parallel()
	s, err := Parse([]byte(`{"version": 3, "deployment": {"manifest": {}}}`))
	require.NoError(t, err)
	require.Empty(t, s.Pending())
	require.Len(t, s.Lacking(fleet()), 4)
}

func TestUnreadableState(t *testing.T) {
	t.Parallel()
	for _, text := range []string{``, `[]`, `{}`, `{"deployment": {"resources": 1}}`, `{"deployment": {"pending_operations": "x"}}`} {
		_, err := Parse([]byte(text))
		require.ErrorIs(t, err, ErrState, text)
	}
}

// account has some objects and counts the questions.
type account struct {
	databases map[string]string
	scripts   map[string]bool
	err       error
	asked     int
}

func (a *account) FindDatabase(_ context.Context, _, name string) (string, error) {
	a.asked++
	return a.databases[name], a.err
}

func (a *account) ScriptExists(_ context.Context, _, name string) (bool, error) {
	a.asked++
	return a.scripts[name], a.err
}

func TestFindAndImport(t *testing.T) {
	t.Parallel()
	s := parsed(t)
	a := &account{databases: map[string]string{"logs-db-staging": "uuid"}, scripts: map[string]bool{"notes-staging": true}}
	found, err := Find(t.Context(), a, "acc", s.Lacking(fleet()))
	require.NoError(t, err)
	require.Equal(t, 3, a.asked, "only what the state lacks is asked for")

	text, err := ImportFile(s, found, "5.49.1")
	require.NoError(t, err)
	require.JSONEq(t, `{
	  "nameTable": {},
	  "resources": [
	    {"type": "crane:infra:Database", "name": "component-logs-d1", "logicalName": "logs", "component": true},
	    {"type": "cloudflare:index/d1Database:D1Database", "name": "logs-d1", "logicalName": "logs-d1",
	     "id": "acc/uuid", "parent": "component-logs-d1", "version": "5.49.1"},
	    {"type": "crane:infra:Worker", "name": "component-notes-script", "logicalName": "notes", "component": true},
	    {"type": "cloudflare:index/workersScript:WorkersScript", "name": "notes-script", "logicalName": "notes-script",
	     "id": "acc/notes-staging", "parent": "component-notes-script", "version": "5.49.1"}
	  ]
	}`, string(text))
}

func TestImportUnderAComponentThatIsThere(t *testing.T) {
	t.Parallel()
	text, err := ImportFile(parsed(t), []Found{{fleet()[0], "acc/uuid"}}, "5.49.1")
	require.NoError(t, err)
	require.JSONEq(t, `{
	  "nameTable": {"component-notes-d1": "urn:pulumi:staging::crane::crane:infra:Database::notes"},
	  "resources": [{"type": "cloudflare:index/d1Database:D1Database", "name": "notes-d1", "logicalName": "notes-d1",
	    "id": "acc/uuid", "parent": "component-notes-d1", "version": "5.49.1"}]
	}`, string(text))
}

func TestFindFails(t *testing.T) {
	t.Parallel()
	a := &account{err: errors.New("403")}
	_, err := Find(t.Context(), a, "acc", fleet())
	require.EqualError(t, err, "403")
	require.Equal(t, 1, a.asked)
}

func TestLocks(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	none, err := Locks(dir, "crane", "staging")
	require.NoError(t, err)
	require.Empty(t, none)

	path := filepath.Join(dir, ".pulumi", "locks", "organization", "crane", "staging", "a.json")
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
	require.NoError(t, os.WriteFile(path, []byte(`{"pid": 42, "hostname": "here"}`), 0o644))
	locks, err := Locks(dir, "crane", "staging")
	require.NoError(t, err)
	require.Len(t, locks, 1)

	dead, living := func(int) bool { return false }, func(pid int) bool { return pid == 42 }
	require.ErrorIs(t, locks[0].Break("here", living), ErrBusy)
	require.ErrorContains(t, locks[0].Break("elsewhere", dead), "process 42 on here; nothing was changed")
	require.FileExists(t, path)
	require.NoError(t, locks[0].Break("here", dead))
	require.NoFileExists(t, path)
}
