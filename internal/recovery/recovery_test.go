package recovery

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"crane/internal/hint"
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

func (a *account) Databases(context.Context, string) (map[string]string, error) {
	a.asked++
	return a.databases, a.err
}

func (a *account) Scripts(context.Context, string) (map[string]bool, error) {
	a.asked++
	return a.scripts, a.err
}

func TestFindAndImport(t *testing.T) {
	t.Parallel()
	s := parsed(t)
	a := &account{databases: map[string]string{"logs-db-staging": "uuid"}, scripts: map[string]bool{"notes-staging": true}}
	found, err := Find(t.Context(), a, "acc", s.Lacking(fleet()))
	require.NoError(t, err)
	require.Equal(t, 2, a.asked, "one list of each")

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

// locked puts a lock file in a folder of its own and reads it.
func locked(t *testing.T, text string) (Lock, string) {
	t.Helper()
	dir := t.TempDir()
	none, err := Locks(dir, "crane", "staging")
	require.NoError(t, err)
	require.Empty(t, none)

	path := filepath.Join(dir, ".pulumi", "locks", "organization", "crane", "staging", "a.json")
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
	require.NoError(t, os.WriteFile(path, []byte(text), 0o644))
	locks, err := Locks(dir, "crane", "staging")
	require.NoError(t, err)
	require.Len(t, locks, 1)
	return locks[0], path
}

// machine is named here, with one process beside the first.
func machine(pid int, started, boot time.Time) Machine {
	return Machine{
		Host:    "here",
		Alive:   func(p int) bool { return p == pid || p == first },
		Started: func(p int) time.Time { return map[int]time.Time{pid: started, first: boot}[p] },
	}
}

var taken = time.Date(2026, 11, 23, 4, 5, 6, 789, time.UTC)

const lock42 = `{"pid": 42, "hostname": "here", "timestamp": "2026-11-23T04:05:06.000000789Z"}`

func TestLocks(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		text string
		on   Machine
		want string
	}{
		"dead":                     {lock42, machine(7, taken, taken), ""},
		"alive":                    {lock42, machine(42, taken.Add(-time.Second), taken), "process 42 on here; nothing was changed"},
		"alive, since who knows":   {lock42, machine(42, time.Time{}, taken), "process 42 on here; nothing was changed"},
		"alive, by a coarse clock": {lock42, machine(42, taken.Add(time.Second), taken), "process 42 on here; nothing was changed"},
		"alive, of an old Pulumi":  {`{"pid": 42, "hostname": "here"}`, machine(42, taken, taken), "process 42 on here; nothing was changed"},
		"another has its number":   {lock42, machine(42, taken.Add(time.Minute), taken), ""},
		"on another machine":       {strings.Replace(lock42, "here", "there", 1), machine(7, taken, taken), "process 42 on there; nothing was changed"},
	} {
		lock, path := locked(t, tc.text)
		err := lock.Break(tc.on)
		if tc.want == "" {
			require.NoError(t, err, name)
			require.NoFileExists(t, path, name)
			require.Equal(t, "the lock of process 42, which has died", lock.String())
			continue
		}
		require.ErrorIs(t, err, ErrBusy, name)
		require.ErrorContains(t, err, tc.want, name)
		require.FileExists(t, path, name)
	}
}

// TestNamed: what Pulumi 3.200 says of a state in a bucket, whole or not.
func TestNamed(t *testing.T) {
	t.Parallel()
	const one = "error: the stack is currently locked by 1 lock(s). Either wait for the other process(es) to end or delete the lock file with `pulumi cancel`.\n"
	const a = "  s3://states/.pulumi/locks/organization/crane/staging/a.json?region=eu: created by runner@fv-az1 (pid 4242) at 2026-11-23T08:00:00Z\n"
	const b = "  file:///s/.pulumi/locks/organization/crane/staging/b.json?no_tmp_dir=true: created by me@corp.example@my-laptop (pid 7) at 2026-11-23T09:30:00+02:00\n"
	lockA := Lock{PID: 4242, Host: "fv-az1", Time: time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)}
	lockB := Lock{PID: 7, Host: "my-laptop", Time: time.Date(2026, 11, 23, 7, 30, 0, 0, time.UTC)}
	two := strings.Replace(one, "1 lock", "2 lock", 1)
	for name, tc := range map[string]struct {
		said string
		want []Lock
	}{
		"one":                 {one + a, []Lock{lockA}},
		"with more around it": {"warning: x\n" + one + a + "\nerror: y", []Lock{lockA}},
		"two":                 {two + a + b, []Lock{lockA, lockB}},
		"one of two":          {two + a, nil},
		"two of one":          {one + a + b, nil},
		"without a time":      {one + strings.Replace(a, "2026-11-23T08:00:00Z", "noon", 1), nil},
		"one of them so":      {two + a + strings.Replace(b, "2026-11-23T09:30:00+02:00", "2026-11-23", 1), nil},
		"at the zero time":    {one + "  x: created by @ (pid 0) at 0001-01-01T00:00:00Z\n", nil},
		"of no process":       {one + strings.Replace(a, "4242", "0", 1), nil},
		"on no host":          {one + strings.Replace(a, "fv-az1", "", 1), nil},
		"cut off":             {one + strings.TrimSuffix(a, ":00Z\n"), nil},
		"nobody":              {one, nil},
		"twice":               {one + a + one, nil},
		"not a refusal":       {a, nil},
		"none":                {strings.Replace(one, "1 lock", "0 lock", 1), nil},
		"something else":      {"error: no stack named 'staging' found", nil},
		"an unreadable lock":  {"error: unexpected end of JSON input", nil},
		"nothing":             {"", nil},
	} {
		var got []Lock
		for _, l := range Named(tc.said) {
			l.Time = l.Time.UTC()
			got = append(got, l)
		}
		require.Equal(t, tc.want, got, name)
	}
	require.Equal(t, lockA, Youngest([]Lock{lockB, lockA}))
	require.Equal(t, lockA, Youngest([]Lock{lockA, lockB}))
}

// TestLife: no job that updates may outlast it.
func TestLife(t *testing.T) {
	t.Parallel()
	for _, workflow := range []string{"deploy.yml", "promote.yml"} {
		text, err := os.ReadFile(filepath.Join("..", "..", ".github", "workflows", workflow))
		require.NoError(t, err)
		limits := regexp.MustCompile(`timeout-minutes: (\d+)`).FindAllSubmatch(text, -1)
		require.NotEmpty(t, limits, workflow)
		for _, limit := range limits {
			minutes, err := strconv.Atoi(string(limit[1]))
			require.NoError(t, err)
			require.LessOrEqual(t, time.Duration(minutes)*time.Minute+15*time.Minute, Life, workflow)
		}
	}
}

// TestUnreadableLock: a power cut leaves a file without a word in it. Whoever
// took it is older than the machine's start; before that nobody knows.
func TestUnreadableLock(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "\x00\x00\x00", "{}", `{"pid": 42, "hostna`, `{"pid": "many"}`} {
		lock, path := locked(t, text)
		for _, boot := range []time.Time{{}, time.Now().Add(-time.Hour)} {
			err := lock.Break(machine(42, time.Time{}, boot))
			require.ErrorIs(t, err, ErrLock)
			require.EqualError(t, err, "unreadable lock: "+path+" does not say whose it is; nothing was changed")
			require.Equal(t, "see that no pulumi runs, then rm '"+path+"'", hint.Of(err))
			require.FileExists(t, path)
		}
		require.NoError(t, lock.Break(machine(42, time.Time{}, time.Now().Add(time.Minute))))
		require.NoFileExists(t, path)
		require.Equal(t, "the unreadable lock a.json, older than any process", lock.String())
	}
}

func TestLockThatCannotBeOpened(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, ".pulumi", "locks", "organization", "crane", "staging", "a.json")
	require.NoError(t, os.MkdirAll(path, 0o755))
	_, err := Locks(dir, "crane", "staging")
	require.ErrorIs(t, err, ErrLock)
	require.ErrorContains(t, err, path)
}

// TestHere: a process that was just started is known to be that, where the
// system tells; one that has ended is not alive, whether anybody waited for it
// or not.
func TestHere(t *testing.T) {
	t.Parallel()
	here, err := Here()
	require.NoError(t, err)
	require.NotEmpty(t, here.Host)
	cmd := exec.Command("sleep", "60")
	require.NoError(t, cmd.Start())
	require.True(t, here.Alive(cmd.Process.Pid))
	if runtime.GOOS == "linux" {
		require.WithinDuration(t, time.Now(), here.Started(cmd.Process.Pid), slack)
		require.False(t, here.Started(first).After(here.Started(cmd.Process.Pid)))
	}
	require.NoError(t, cmd.Process.Kill())
	if runtime.GOOS == "linux" {
		require.Eventually(t, func() bool { return !here.Alive(cmd.Process.Pid) }, 10*time.Second, 10*time.Millisecond)
	}
	require.Error(t, cmd.Wait())
	require.False(t, here.Alive(cmd.Process.Pid))
	require.Zero(t, here.Started(cmd.Process.Pid))
}
