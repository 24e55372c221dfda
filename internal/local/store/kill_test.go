package store_test

import (
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"crane/internal/local/store"
)

// generation is a record whose fields all tell the same number.
func generation(n int, s *store.Store) (store.Script, error) {
	mark := strings.Repeat(string(rune('a'+n%26)), 40000)
	sum, err := s.PutBlob([]byte(mark))
	return store.Script{Name: "x", Tag: mark, Versions: []store.Version{{ID: mark, Modules: []store.Module{{SHA256: sum}}}}}, err
}

// TestKill kills a process that writes without pause, and looks at what is
// there afterwards.
func TestKill(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for round := range 4 {
		writer := exec.Command(os.Args[0])
		writer.Env = append(os.Environ(), "STORE_TO_FILL="+dir)
		require.NoError(t, writer.Start())
		record := filepath.Join(dir, "accounts", accountID, "scripts", "x.json")
		require.Eventually(t, func() bool { _, err := os.Stat(record); return err == nil }, 10*time.Second, time.Millisecond)
		time.Sleep(time.Duration(3+7*round) * time.Millisecond)
		require.NoError(t, writer.Process.Kill())
		require.Error(t, writer.Wait())

		s, a := open(t, dir)
		found, ok := a.Scripts.Get("x")
		require.True(t, ok)
		content, err := s.Blob(found.Versions[0].Modules[0].SHA256)
		require.NoError(t, err)
		require.Equal(t, found.Tag, found.Versions[0].ID)
		require.Equal(t, found.Tag, string(content))
	}
}

// TestMain makes the process that TestKill kills out of this test's own binary.
func TestMain(m *testing.M) {
	if dir, told := os.LookupEnv("STORE_TO_FILL"); told {
		log.Fatal(writeUntilKilled(dir))
	}
	os.Exit(m.Run())
}

func writeUntilKilled(dir string) error {
	s, err := store.Open(dir)
	if err != nil {
		return err
	}
	a, err := s.Account(accountID)
	if err != nil {
		return err
	}
	for n := 0; ; n++ {
		x, err := generation(n, s)
		if err != nil {
			return err
		}
		if err := a.Scripts.Put("x", x); err != nil {
			return err
		}
	}
}
