package github_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"crane/internal/github"
	"crane/internal/github/githubtest"
)

// fetched downloads an artifact `a` of a run of its own, and gives the folder in
// which it was to be.
func fetched(t *testing.T, g *githubtest.GitHub, client *github.Client, artifact githubtest.Artifact) (string, error) {
	t.Helper()
	r := run(nil)
	r.Artifacts = map[string]githubtest.Artifact{"a": artifact}
	id := g.Publish(r)
	dir := filepath.Join(t.TempDir(), "above", "a")
	return dir, client.Download(t.Context(), github.Run{ID: id, Number: 1, Workflow: "deploy.yml"}, "a", dir)
}

// empty checks that nothing is left where an artifact was to be.
func empty(t *testing.T, dir string) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Dir(dir))
	if !errors.Is(err, fs.ErrNotExist) {
		require.NoError(t, err)
	}
	require.Empty(t, entries)
}

func TestDownload(t *testing.T) {
	t.Parallel()
	g, client := site(t, "actions: read")
	dir, err := fetched(t, g, client, githubtest.Files(map[string]string{"one.json": "1", "deep/er/two.json": "2", "deep/": ""}))
	require.NoError(t, err)
	for name, content := range map[string]string{"one.json": "1", "deep/er/two.json": "2"} {
		text, err := os.ReadFile(filepath.Join(dir, name))
		require.NoError(t, err)
		require.Equal(t, content, string(text))
	}
	entries, err := os.ReadDir(filepath.Dir(dir))
	require.NoError(t, err)
	require.Len(t, entries, 1, "nothing else is left beside it")
	last := g.Requests()[2]
	require.Equal(t, "storage", last.Service)
	require.False(t, last.Authorized, "the token is not sent to the storage")
	require.True(t, g.Requests()[1].Authorized)

	t.Run("into what is there already", func(t *testing.T) {
		require.Error(t, client.Download(t.Context(), github.Run{ID: 1001, Workflow: "deploy.yml"}, "a", dir))
		text, err := os.ReadFile(filepath.Join(dir, "one.json"))
		require.NoError(t, err)
		require.Equal(t, "1", string(text))
	})
}

// archive is one with an entry of a name and a mode.
func archive(t *testing.T, change func(*zip.Writer)) githubtest.Artifact {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	change(w)
	require.NoError(t, w.Close())
	return githubtest.Archive(out.Bytes())
}

func entry(t *testing.T, name string, mode fs.FileMode, content string) githubtest.Artifact {
	return archive(t, func(w *zip.Writer) { add(t, w, name, mode, content) })
}

func add(t *testing.T, w *zip.Writer, name string, mode fs.FileMode, content string) {
	header := &zip.FileHeader{Name: name}
	header.SetMode(mode)
	file, err := w.CreateHeader(header)
	require.NoError(t, err)
	_, err = io.WriteString(file, content)
	require.NoError(t, err)
}

// TestUnfitArtifacts has archives that nobody should unpack. Nothing of them is
// kept, not even what is fit.
func TestUnfitArtifacts(t *testing.T) {
	t.Parallel()
	for what, tc := range map[string]struct {
		artifact githubtest.Artifact
		says     string
	}{
		"a way out":         {entry(t, "../evil", 0o644, "x"), `unfit artifact a: "../evil" leads out of it; nothing was kept`},
		"a hidden way out":  {entry(t, "in/../../evil", 0o644, "x"), "leads out of it"},
		"a detour":          {entry(t, "in/../evil", 0o644, "x"), "leads out of it"},
		"an absolute name":  {entry(t, "/etc/evil", 0o644, "x"), `"/etc/evil" leads out of it`},
		"Windows":           {entry(t, `..\evil`, 0o644, "x"), "leads out of it"},
		"a drive":           {entry(t, `C:\evil`, 0o644, "x"), "leads out of it"},
		"no name":           {entry(t, "", 0o644, "x"), "leads out of it"},
		"itself":            {entry(t, "./", fs.ModeDir|0o755, ""), "leads out of it"},
		"a folder above":    {entry(t, "../", fs.ModeDir|0o755, ""), "leads out of it"},
		"a link":            {entry(t, "evil", fs.ModeSymlink|0o777, "/etc/passwd"), `"evil" is neither a file nor a folder`},
		"a device":          {entry(t, "evil", fs.ModeDevice|0o600, ""), "is neither a file nor a folder"},
		"a pipe":            {entry(t, "evil", fs.ModeNamedPipe|0o600, ""), "is neither a file nor a folder"},
		"a name twice":      {archive(t, func(w *zip.Writer) { add(t, w, "x", 0o644, "1"); add(t, w, "x", 0o644, "2") }), "file exists"},
		"a file in a file":  {archive(t, func(w *zip.Writer) { add(t, w, "x", 0o644, "1"); add(t, w, "x/y", 0o644, "2") }), `"x/y": mkdirat x: file exists`},
		"through a link":    {archive(t, func(w *zip.Writer) { add(t, w, "x", fs.ModeSymlink|0o777, ".."); add(t, w, "x/y", 0o644, "2") }), "is neither a file nor a folder"},
		"no archive":        {githubtest.Archive([]byte("<html>")), "it cannot be read: zip: not a valid zip file"},
		"nothing":           {githubtest.Archive(nil), "it cannot be read"},
		"too many":          {archive(t, func(w *zip.Writer) { many(t, w, 4097) }), "it has 4097 entries, more than 4096"},
		"too much":          {archive(t, func(w *zip.Writer) { zeros(t, w, 129<<20, 129<<20) }), `"1": all of it has more than 268435456 bytes`},
		"too much to carry": {githubtest.Archive(make([]byte, 256<<20+1)), "unfit artifact a: it has more than 268435456 bytes"},
		"more than is said": {lying(t), "zip: "},
		"damaged":           {damaged(t), "zip: checksum error"},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			g, client := site(t, "actions: read")
			dir, err := fetched(t, g, client, tc.artifact)
			refused(t, err, github.ErrArtifact, tc.says, "look at the run that published it")
			empty(t, dir)
		})
	}
}

func TestAsManyAsMayBe(t *testing.T) {
	t.Parallel()
	g, client := site(t, "actions: read")
	dir, err := fetched(t, g, client, archive(t, func(w *zip.Writer) { many(t, w, 4096) }))
	require.NoError(t, err)
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, entries, 4096)
}

func many(t *testing.T, w *zip.Writer, n int) {
	for i := range n {
		add(t, w, fmt.Sprint(i), 0o644, "")
	}
}

func zeros(t *testing.T, w *zip.Writer, sizes ...int) {
	some := make([]byte, 1<<20)
	for i, size := range sizes {
		file, err := w.Create(fmt.Sprint(i))
		require.NoError(t, err)
		for range size / len(some) {
			_, err = file.Write(some)
			require.NoError(t, err)
		}
	}
}

// lying says of an entry that it has one byte, and it has a million.
func lying(t *testing.T) githubtest.Artifact {
	var compressed bytes.Buffer
	inner := zip.NewWriter(&compressed)
	add(t, inner, "x", 0o644, strings.Repeat("x", 1<<20))
	require.NoError(t, inner.Close())
	reader, err := zip.NewReader(bytes.NewReader(compressed.Bytes()), int64(compressed.Len()))
	require.NoError(t, err)
	return archive(t, func(w *zip.Writer) {
		header := reader.File[0].FileHeader
		header.UncompressedSize64 = 1
		raw, err := reader.File[0].OpenRaw()
		require.NoError(t, err)
		file, err := w.CreateRaw(&header)
		require.NoError(t, err)
		_, err = io.Copy(file, raw)
		require.NoError(t, err)
	})
}

// damaged has a byte of its content changed.
func damaged(t *testing.T) githubtest.Artifact {
	return archive(t, func(w *zip.Writer) {
		file, err := w.CreateRaw(&zip.FileHeader{Name: "x", Method: zip.Store, CRC32: 7, CompressedSize64: 1, UncompressedSize64: 1})
		require.NoError(t, err)
		_, err = file.Write([]byte("x"))
		require.NoError(t, err)
	})
}

func TestNoSuchArtifact(t *testing.T) {
	t.Parallel()
	g, client := site(t, "actions: read")
	r := run(nil)
	r.Artifacts = map[string]githubtest.Artifact{"b": githubtest.Files(map[string]string{"x": "x"})}
	id := g.Publish(r)
	dir := filepath.Join(t.TempDir(), "above", "a")
	err := client.Download(t.Context(), github.Run{ID: id, Number: 1, Workflow: "deploy.yml"}, "a", dir)
	refused(t, err, github.ErrNone, "nothing published: run 1 of deploy.yml has no artifact a", fmt.Sprintf("gh run view %d", id))
	empty(t, dir)

	err = client.Download(t.Context(), github.Run{ID: 4, Number: 1, Workflow: "deploy.yml"}, "a", dir)
	refused(t, err, github.ErrGone, "the artifact a: HTTP 404: Not Found; nothing was kept", "actions: read")
	empty(t, dir)
}

// TestExpired has an artifact that has expired, in the list or just after it.
func TestExpired(t *testing.T) {
	t.Parallel()
	g, client := site(t, "actions: read")
	_, err := fetched(t, g, client, githubtest.Files(map[string]string{"x": "x"}))
	require.NoError(t, err)
	g.Expire("a")
	dir := filepath.Join(t.TempDir(), "above", "a")
	refused(t, client.Download(t.Context(), github.Run{ID: 1001, Workflow: "deploy.yml"}, "a", dir), github.ErrExpired,
		"the artifact has expired: a; nothing was fetched", "run the workflow that publishes it again")
	empty(t, dir)

	g.Break(githubtest.Fault{Status: 410, Path: "/zip$", Body: `{"message":"Artifact has expired"}`})
	dir, err = fetched(t, g, client, githubtest.Files(map[string]string{"x": "x"}))
	refused(t, err, github.ErrExpired, "the artifact has expired: a", "again")
	empty(t, dir)
}

// TestTheLaterOfTwo has two artifacts of one name, as of a job that was run again.
func TestTheLaterOfTwo(t *testing.T) {
	t.Parallel()
	g, client := site(t, "actions: read")
	g.Break(githubtest.Fault{Path: "/artifacts$", Status: 200, Body: `{"artifacts":[
		{"id":9,"name":"a","expired":false,"workflow_run":{"id":1}},
		{"id":12,"name":"a","expired":true,"workflow_run":{"id":1}},
		{"id":99,"name":"a","expired":false,"workflow_run":{"id":2}},
		{"id":98,"name":"a","expired":false},
		{"id":11,"name":"a","expired":false,"workflow_run":{"id":1}}]}`})
	err := client.Download(t.Context(), github.Run{ID: 1}, "a", filepath.Join(t.TempDir(), "a"))
	refused(t, err, github.ErrExpired, "expired", "again")

	g.Mend()
	g.Break(githubtest.Fault{Path: "/artifacts$", Status: 200, Body: `{"artifacts":[{"id":9,"name":"a","workflow_run":{"id":1}}]}`})
	err = client.Download(t.Context(), github.Run{ID: 1}, "a", filepath.Join(t.TempDir(), "a"))
	refused(t, err, github.ErrExpired, "expired", "again") // it does not say that it has not
}

// TestOnTheWay has what may go wrong between the list and the last byte.
func TestOnTheWay(t *testing.T) {
	t.Parallel()
	elsewhere := func(location string) githubtest.Fault {
		return githubtest.Fault{Path: "/zip$", Status: 302, Header: map[string]string{"Location": location}}
	}
	for what, tc := range map[string]struct {
		fault      githubtest.Fault
		kind       error
		says, next string
	}{
		"not redirected":    {githubtest.Fault{Path: "/zip$", Status: 200, Body: "x"}, github.ErrAnswer, "the artifact a: ", "run the same command again"},
		"500 by the API":    {githubtest.Fault{Path: "/zip$", Status: 500}, github.ErrUnavailable, "HTTP 500", "run the same command again"},
		"403 by the API":    {githubtest.Fault{Path: "/zip$", Status: 403}, github.ErrRefused, "HTTP 403: Forbidden; nothing was kept", "actions: read"},
		"404 by the API":    {githubtest.Fault{Path: "/zip$", Status: 404}, github.ErrGone, "HTTP 404", "actions: read"},
		"nowhere":           {elsewhere(""), github.ErrAnswer, "the artifact a: ", "again"},
		"to a host by http": {elsewhere("http://storage.example/x"), github.ErrAnswer, "its storage has no https address; nothing was kept", "again"},
		"to a file":         {elsewhere("file:///etc/passwd"), github.ErrAnswer, "its storage has no https address", "again"},
		"storage refuses":   {githubtest.Fault{Service: "storage", Status: 403}, github.ErrUnavailable, "its storage answered HTTP 403; nothing was kept", "again"},
		"storage redirects": {githubtest.Fault{Service: "storage", Status: 302, Header: map[string]string{"Location": "/elsewhere"}}, github.ErrUnavailable, "its storage answered HTTP 302", "again"},
		"storage is cut":    {githubtest.Fault{Service: "storage"}, github.ErrUnavailable, "the artifact a: EOF; nothing was kept", "again"},
		"half of it":        {githubtest.Fault{Service: "storage", Status: 200, Body: "PK", Header: map[string]string{"Content-Length": "9"}}, github.ErrUnavailable, "unexpected EOF; nothing was kept", "again"},
		"another artifact":  {githubtest.Fault{Service: "storage", Status: 200, Body: "PK"}, github.ErrArtifact, "it is not what was uploaded: its digest is sha256:", "look at the run"},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			g, client := site(t, "actions: read")
			g.Break(tc.fault)
			dir, err := fetched(t, g, client, githubtest.Files(map[string]string{"x": "x"}))
			refused(t, err, tc.kind, tc.says, tc.next)
			empty(t, dir)
			for _, r := range g.Requests() {
				require.Equal(t, r.Service == "api", r.Authorized, r.Path)
			}
		})
	}
}

// TestTheTimeIsThatOfTheDownload, whatever an archive says of its files.
func TestTheTimeIsThatOfTheDownload(t *testing.T) {
	t.Parallel()
	g, client := site(t, "actions: read")
	before := time.Now().Add(-time.Second)
	dir, err := fetched(t, g, client, archive(t, func(w *zip.Writer) {
		file, err := w.CreateHeader(&zip.FileHeader{Name: "x", Modified: time.Date(2001, 2, 3, 4, 5, 6, 0, time.UTC)})
		require.NoError(t, err)
		_, err = file.Write([]byte("x"))
		require.NoError(t, err)
	}))
	require.NoError(t, err)
	info, err := os.Stat(filepath.Join(dir, "x"))
	require.NoError(t, err)
	require.True(t, info.ModTime().After(before), info.ModTime())
}
