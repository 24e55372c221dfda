package main

import (
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestGoingLiveSalts runs the recipe of the page, as a user would, and looks at
// every byte that it wrote.
func TestGoingLiveSalts(t *testing.T) {
	t.Parallel()
	r := rehearse(t)
	recipe := r.recipe(t, "stack init")
	committed := r.files(t)
	_, err := r.sh(recipe)
	require.NoError(t, err)
	salted := r.files(t)
	require.Equal(t, slices.Sorted(maps.Keys(committed)), slices.Sorted(maps.Keys(salted)), "another file was written")
	salts := map[string]bool{}
	for name, text := range committed {
		added, same := strings.CutPrefix(salted[name], text)
		require.True(t, same, "%s is not what it was: %s", name, salted[name])
		if !strings.HasPrefix(filepath.Base(name), "Pulumi.") || filepath.Base(name) == "Pulumi.yaml" {
			require.Empty(t, added, name)
			continue
		}
		require.Regexp(t, `^encryptionsalt: v1:[\w+/=]+:v1:[\w+/=]+:[\w+/=]+\n$`, added)
		salts[added] = true
	}
	require.Len(t, salts, 2, "each stack has a salt of its own")

	_, err = r.sh(recipe)
	require.NoError(t, err, "the passphrases open what they made")
	require.Equal(t, salted, r.files(t))
}

// TestGoingLiveOldSalts: what the page says of a stack file that still has the
// salt of another passphrase.
func TestGoingLiveOldSalts(t *testing.T) {
	t.Parallel()
	r := rehearse(t)
	recipe := r.recipe(t, "stack init")
	_, err := r.sh(recipe)
	require.NoError(t, err)
	r.passphrase(t, "staging", "another one")
	before := r.files(t)
	out, err := r.sh(recipe)
	require.ErrorContains(t, err, "exit status")
	require.Contains(t, out, "incorrect passphrase")
	require.Equal(t, before, r.files(t), "a refusal writes nothing")
}

// TestGoingLiveBucket has Pulumi ask a server on this machine in the place of the
// endpoint of the page: in path style, and signed for the region.
func TestGoingLiveBucket(t *testing.T) {
	t.Parallel()
	var lock sync.Mutex
	asked := map[string]bool{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		lock.Lock()
		defer lock.Unlock()
		_, scope, _ := strings.Cut(q.Header.Get("Authorization"), "Credential=")
		asked[strings.Split(q.URL.Path, "/")[1]+" "+strings.Join(strings.Split(scope+"////", "/")[2:4], " ")] = true
		if q.Method == http.MethodGet && strings.Trim(q.URL.Path, "/") == strings.Split(q.URL.Path, "/")[1] {
			fmt.Fprint(w, `<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>`)
			return
		}
		if q.Method != http.MethodPut {
			w.WriteHeader(http.StatusNotFound)
			fmt.Fprint(w, `<Error><Code>NoSuchKey</Code></Error>`)
		}
	}))
	t.Cleanup(server.Close)
	r := rehearse(t)
	page := readLive(t)
	page.check()
	for _, name := range []string{"Staging", "Production"} {
		at, err := url.Parse(page.fields[name]["Backend"])
		require.NoError(t, err)
		query := at.Query()
		query.Set("endpoint", server.URL)
		at.RawQuery = query.Encode()
		r.env = append(r.env, "PULUMI_BACKEND_URL="+at.String(), "AWS_ACCESS_KEY_ID=key", "AWS_SECRET_ACCESS_KEY=secret", "AWS_EC2_METADATA_DISABLED=true")
		out, err := r.sh("pulumi stack ls --non-interactive")
		require.NoError(t, err, out)
		require.True(t, asked[at.Host+" auto s3"], "%v", asked)
	}
	require.Len(t, asked, 2, "%v", asked)
}

// rehearsal is a folder with what the recipes of the page need, in which Pulumi
// knows of nobody's settings.
type rehearsal struct {
	dir, home string
	env       []string
	page      *livePage
}

func rehearse(t *testing.T) *rehearsal {
	t.Helper()
	r := &rehearsal{dir: t.TempDir(), home: t.TempDir(), page: readLive(t)}
	for _, dir := range []string{filepath.Join(r.dir, ".crane", "bin"), filepath.Join(r.dir, "infra"), filepath.Join(r.home, "going-live"), filepath.Join(r.home, "tmp")} {
		require.NoError(t, os.MkdirAll(dir, 0o700))
	}
	text, err := os.ReadFile(filepath.Join(r.page.root.Root, "Pulumi.yaml"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(r.dir, "Pulumi.yaml"), text, 0o600))
	require.NoError(t, os.Symlink(r.page.pulumi, filepath.Join(r.dir, ".crane", "bin", "pulumi")))
	for _, b := range r.page.blocks {
		if b.language == "yaml" {
			stack := stackOf(b.text)
			require.NoError(t, os.WriteFile(filepath.Join(r.dir, "Pulumi."+stack+".yaml"), []byte(b.text+"\n"), 0o600))
			r.passphrase(t, stack, "the passphrase of "+stack)
		}
	}
	r.env = []string{
		"HOME=" + r.home, "TMPDIR=" + filepath.Join(r.home, "tmp"), "PULUMI_HOME=" + filepath.Join(r.home, ".pulumi"), "PULUMI_SKIP_UPDATE_CHECK=true",
		"PATH=" + filepath.Join(r.dir, ".crane", "bin") + ":" + os.Getenv("PATH"),
	}
	return r
}

func (r *rehearsal) passphrase(t *testing.T, stack, text string) {
	t.Helper()
	require.NoError(t, os.WriteFile(filepath.Join(r.home, "going-live", stack+".passphrase"), []byte(text+"\n"), 0o600))
}

// recipe is the block of the page with a command in it.
func (r *rehearsal) recipe(t *testing.T, command string) string {
	t.Helper()
	for _, b := range r.page.blocks {
		if b.language == "sh" && strings.Contains(b.text, command) {
			return b.text
		}
	}
	t.Fatalf("no block has %s", command)
	return ""
}

func (r *rehearsal) sh(script string) (string, error) {
	cmd := exec.Command("sh", "-eu", "-c", script)
	cmd.Dir, cmd.Env = r.dir, r.env
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// files are all there are in the folder, by their names.
func (r *rehearsal) files(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	require.NoError(t, filepath.WalkDir(r.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		text, err := os.ReadFile(path)
		all[strings.TrimPrefix(path, r.dir)] = string(text)
		return err
	}))
	return all
}
