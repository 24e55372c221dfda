package local

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"mime/multipart"
	"net"
	"net/http"
	"net/textproto"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"crane/internal/local/account"
	"crane/internal/local/runtime"
)

// TestMain makes the test binary the server, and the shell that starts it.
func TestMain(m *testing.M) {
	if len(os.Args) == 4 && os.Args[1] == "act" {
		act(os.Args[2], os.Args[3])
	}
	os.Exit(m.Run())
}

// role is a process of the tests: what Config leaves out of its JSON is beside it.
type role struct {
	Config
	Dir, Workerd string
}

// acting are the arguments with which the test binary plays a role.
func acting(t *testing.T, name string, c Config) []string {
	t.Helper()
	text, err := json.Marshal(role{c, c.Dir, c.Workerd})
	require.NoError(t, err)
	return []string{"act", name, string(text)}
}

// serving is the command that serves, as Start takes it.
func serving(t *testing.T, c Config) []string {
	return append([]string{os.Args[0]}, acting(t, "serve", c)...)
}

func act(name, text string) {
	var r role
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		panic(err)
	}
	c := r.Config
	c.Dir, c.Workerd = r.Dir, r.Workerd
	var err error
	switch name {
	case "serve": // as the command line does
		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
		syscall.CloseOnExec(3)
		err = Serve(ctx, c, os.NewFile(3, "ready"))
		stop()
	case "start":
		_, err = Start(context.Background(), c, os.Args[0], "act", "serve", text)
	case "panic":
		panic("out of cheese")
	case "silent":
		os.Exit(3)
	case "killed":
		err = syscall.Kill(os.Getpid(), syscall.SIGKILL)
	case "hang":
		time.Sleep(time.Minute)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// newConfig is a server of its own, which is stopped at the end of the test.
func newConfig(t *testing.T) Config {
	t.Helper()
	root, err := filepath.Abs("../..")
	require.NoError(t, err)
	workerd, err := runtime.Locate(root)
	require.NoError(t, err)
	c := Config{Dir: filepath.Join(t.TempDir(), "local"), Workerd: workerd, API: free(t), Workers: free(t), Infisical: free(t)}
	t.Cleanup(func() {
		if err := Stop(context.Background(), c); !errors.Is(err, ErrNotRunning) {
			require.NoError(t, err)
		}
	})
	return c
}

// free is an address that nobody has: below the ports that systems give away
// by themselves, so that it stays free while a server restarts.
func free(t *testing.T) string {
	t.Helper()
	for range 100 {
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", 10000+rand.IntN(20000)))
		if err == nil {
			require.NoError(t, l.Close())
			return l.Addr().String()
		}
	}
	t.Fatal("no free port")
	return ""
}

func start(t *testing.T, c Config) Status {
	t.Helper()
	s, err := Start(t.Context(), c, serving(t, c)...)
	require.NoError(t, err)
	return s
}

// client speaks to a server as the official clients do: over TLS, trusting the
// file of roots.
type client struct {
	t    *testing.T
	c    Config
	http *http.Client
}

func newClient(t *testing.T, c Config) client {
	t.Helper()
	roots, err := os.ReadFile(c.Roots())
	require.NoError(t, err)
	pool := x509.NewCertPool()
	require.True(t, pool.AppendCertsFromPEM(roots))
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}
	t.Cleanup(transport.CloseIdleConnections)
	return client{t, c, &http.Client{Transport: transport, Timeout: 30 * time.Second}}
}

// send makes a request in the staging account and reads the result into result.
func (c client) send(method, path, contentType string, body io.Reader, result any) error {
	request, err := http.NewRequestWithContext(c.t.Context(), method,
		"https://"+c.c.API+"/client/v4/accounts/"+account.Staging.ID+path, body)
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+account.Staging.Token)
	request.Header.Set("Content-Type", contentType)
	response, err := c.http.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	answer := struct {
		Success bool
		Result  any
	}{Result: result}
	if err := json.Unmarshal(text, &answer); err != nil || !answer.Success {
		return fmt.Errorf("%s %s: %s %s", method, path, response.Status, text)
	}
	return nil
}

func (c client) call(method, path, body string, result any) {
	c.t.Helper()
	require.NoError(c.t, c.send(method, path, "application/json", bytes.NewBufferString(body), result))
}

func (c client) list(path string) (all []map[string]any) {
	c.t.Helper()
	c.call("GET", path, "", &all)
	return all
}

func (c client) database(name string) string {
	c.t.Helper()
	var made struct{ UUID string }
	c.call("POST", "/d1/database", `{"name":"`+name+`"}`, &made)
	return made.UUID
}

// upload sends a script of several modules, worker.mjs first of all.
func (c client) upload(name, metadata string, modules map[string]string) error {
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	_ = form.WriteField("metadata", `{"main_module":"worker.mjs","compatibility_date":"2026-06-01"`+metadata+`}`)
	for module, content := range modules {
		mediaType := "text/plain"
		if filepath.Ext(module) == ".mjs" {
			mediaType = "application/javascript+module"
		}
		part, err := form.CreatePart(textproto.MIMEHeader{
			"Content-Disposition": {fmt.Sprintf(`form-data; name=%q; filename=%[1]q`, module)}, "Content-Type": {mediaType},
		})
		if err != nil {
			return err
		}
		_, _ = part.Write([]byte(content))
	}
	_ = form.Close()
	return c.send("PUT", "/workers/scripts/"+name, form.FormDataContentType(), &body, nil)
}

func (c client) route(name string) error {
	return c.send("POST", "/workers/scripts/"+name+"/subdomain", "application/json", bytes.NewBufferString(`{"enabled":true}`), nil)
}

// ask asks a deployed script.
func (c client) ask(name string) string {
	c.t.Helper()
	status, text := c.plain("http://"+c.c.Workers+"/", name+".localhost")
	require.Equal(c.t, http.StatusOK, status, text)
	return text
}

// plain makes a request that names a host of its own.
func (c client) plain(url, host string) (int, string) {
	c.t.Helper()
	request, err := http.NewRequestWithContext(c.t.Context(), "GET", url, nil)
	require.NoError(c.t, err)
	request.Host = host
	response, err := c.http.Do(request)
	require.NoError(c.t, err)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	require.NoError(c.t, err)
	return response.StatusCode, string(text)
}
