package migrate

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"crane/internal/cloudflare"
)

// FuzzLedger: whatever the two ledgers hold, nothing is lost between them: each
// name of wrangler's is there once and in its order, and each of crane's either
// belongs to one of them or is astray.
func FuzzLedger(f *testing.F) {
	f.Add("0001_a.sql\n0002_b.sql", "0001_a.sql\n0009_z.sql", "digest")
	f.Add("", "x", "")
	f.Add("a\na", "a\na", "'")
	f.Fuzz(func(t *testing.T, theirs, ours, sha256 string) {
		var names, guards []cloudflare.Row
		for name := range strings.SplitSeq(theirs, "\n") {
			names = append(names, cloudflare.Row{"name": name, "extra": 1.0})
		}
		for name := range strings.SplitSeq(ours, "\n") {
			guards = append(guards, cloudflare.Row{"name": name, "sha256": sha256, "bookmark": nil})
		}
		live := &Live{}
		require.NoError(t, live.join(names, guards))
		require.Len(t, live.Applied, len(names))
		known := map[string]bool{}
		for i, a := range live.Applied {
			require.Equal(t, names[i]["name"], a.Name)
			known[a.Name] = true
		}
		for _, row := range guards {
			name := row["name"].(string)
			require.True(t, known[name] != contains(live.astray, name), name)
		}
	})
}

func contains(names []string, name string) bool {
	for _, n := range names {
		if n == name {
			return true
		}
	}
	return false
}

// FuzzGuardWords: what the guard says comes back as it was, in whatever message,
// and a message that is not the guard's is never taken for it.
func FuzzGuardWords(f *testing.F) {
	f.Add("notes 3 to 0, it's 1 to 0", "D1_ERROR: ", ": SQLITE_ERROR")
	f.Add("", "", "")
	f.Fuzz(func(t *testing.T, said, before, after string) {
		if strings.ContainsAny(before+after, "'") {
			t.Skip("the place of the quotes is what is relied on")
		}
		quoted := "bad JSON path: '" + lostWords + strings.ReplaceAll(said, "'", "''") + "'"
		got, ok := spoken(before+quoted+after, lostWords)
		require.True(t, ok)
		require.Equal(t, said, got)
		_, ok = spoken(before+after, lostWords)
		require.False(t, ok)
	})
}

// FuzzPosition: a place that is named is a place of the file.
func FuzzPosition(f *testing.F) {
	f.Add("CREATE TABLE a(x);\nSELEC 1;", `near "SELEC": syntax error at offset 0: SQLITE_ERROR`)
	f.Add("x", "at offset 99999999999999999999")
	f.Fuzz(func(t *testing.T, sql, message string) {
		place := position(sql, message)
		if place == "" {
			return
		}
		line, _, ok := strings.Cut(place, ":")
		require.True(t, ok)
		require.LessOrEqual(t, len(line), len(sql)+1)
	})
}
