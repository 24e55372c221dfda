package cloudflare_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"crane/internal/cloudflare"
	"crane/internal/hint"
)

const token = "test-token-0000000000000000000000000000"

// TestMain poisons the environment for every test of the package: nothing in it
// may redirect or authenticate a client.
func TestMain(m *testing.M) {
	for name, value := range map[string]string{
		"CLOUDFLARE_BASE_URL":             "http://127.0.0.1:1/poison",
		"CLOUDFLARE_API_TOKEN":            "poison",
		"CLOUDFLARE_API_KEY":              "poison",
		"CLOUDFLARE_EMAIL":                "poison@example.com",
		"CLOUDFLARE_API_USER_SERVICE_KEY": "poison",
		"CLOUDFLARE_API_HOSTNAME":         "poison.example.com",
	} {
		_ = os.Setenv(name, value)
	}
	os.Exit(m.Run())
}

// recorded is a server's memory of the requests it got.
type recorded struct {
	count  atomic.Int64
	last   atomic.Pointer[http.Request]
	body   atomic.Pointer[string]
	client *cloudflare.Client
}

// answering starts an API that gives every request the same answer.
func answering(t *testing.T, status int, headers http.Header, body string) *recorded {
	t.Helper()
	r := &recorded{}
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		sent, _ := io.ReadAll(request.Body)
		text := string(sent)
		r.body.Store(&text)
		r.last.Store(request)
		r.count.Add(1)
		w.Header().Set("Content-Type", "application/json")
		for name := range headers {
			w.Header().Set(name, headers.Get(name))
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}))
	t.Cleanup(server.Close)
	client, err := cloudflare.New(cloudflare.Config{
		Host: strings.TrimPrefix(server.URL, "https://"), Token: token, HTTPClient: server.Client(),
	})
	require.NoError(t, err)
	r.client = client
	return r
}

func TestNewRefusesWhatIsNoHost(t *testing.T) {
	t.Parallel()
	for _, host := range []string{"https://api.cloudflare.com", "host/path", "user@host", "host?x", ":443", "a b"} {
		_, err := cloudflare.New(cloudflare.Config{Host: host, Token: token})
		require.ErrorIs(t, err, cloudflare.ErrHost, host)
	}
	_, err := cloudflare.New(cloudflare.Config{})
	require.ErrorIs(t, err, cloudflare.ErrNoToken)
	require.Contains(t, hint.Of(err), "CLOUDFLARE_API_TOKEN")
}

func TestQuerySendsOneRequestWithItsOwnTokenOnly(t *testing.T) {
	t.Parallel()
	api := answering(t, 200, nil, `{"success":true,"errors":[],"messages":[],"result":[
		{"success":true,"results":[{"name":"0001_a.sql","n":1}],"meta":{}},{"success":true,"results":[],"meta":{}}]}`)
	rows, err := api.client.Database("acc", "db").Query(t.Context(), "SELECT '<&>';\nSELECT 2;")
	require.NoError(t, err)
	require.Equal(t, [][]cloudflare.Row{{{"name": "0001_a.sql", "n": 1.0}}, {}}, rows)

	request := api.last.Load()
	require.Equal(t, "POST", request.Method)
	require.Equal(t, "/client/v4/accounts/acc/d1/database/db/query", request.URL.String())
	require.Equal(t, "Bearer "+token, request.Header.Get("Authorization"))
	for name, values := range request.Header {
		require.NotContains(t, strings.Join(values, " "), "poison", name)
	}
	var body map[string]any
	require.NoError(t, json.Unmarshal([]byte(*api.body.Load()), &body))
	require.Equal(t, map[string]any{"sql": "SELECT '<&>';\nSELECT 2;"}, body)
	require.EqualValues(t, 1, api.count.Load())
}

// TestQueryTakesNoSilenceForSuccess: an answer that names no statement says
// nothing about what was committed.
func TestQueryTakesNoSilenceForSuccess(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		`{}`, `{"success":false,"errors":[],"result":[]}`, `{"success":false,"result":null}`, `{"success":true,"result":[]}`,
	} {
		rows, err := answering(t, 200, nil, body).client.Database("acc", "db").Query(t.Context(), "SELECT 1;")
		require.ErrorIs(t, err, cloudflare.ErrAnswer, body)
		require.True(t, cloudflare.Ambiguous(err), body)
		require.Nil(t, rows, body)
	}
}

func TestQueryNeverRepeatsAndTypesItsFailure(t *testing.T) {
	t.Parallel()
	html := http.Header{"Content-Type": {"text/html"}}
	for name, c := range map[string]struct {
		status    int
		headers   http.Header
		body      string
		message   string
		hint      string
		ambiguous bool
	}{
		"sql": {400, nil, `{"success":false,"result":[],"errors":[{"code":7500,"message":"near \"X\": syntax error at offset 7: SQLITE_ERROR"}]}`,
			`near "X": syntax error at offset 7: SQLITE_ERROR`, "", false},
		"wrong account": {403, nil, `{"success":false,"errors":[{"code":7403,"message":"not authorized to access this service"}]}`,
			"the API token may not use Cloudflare account acc (HTTP 403: not authorized to access this service)", "use a token of account acc", false},
		"bad token": {400, nil, `{"success":false,"errors":[{"code":10000,"message":"Authentication error"}]}`,
			"may not use Cloudflare account acc", "account acc", false},
		"no database": {404, nil, `{"success":false,"errors":[{"code":7404,"message":"The database db could not be found"}]}`,
			"D1 database db of account acc: not found (The database db could not be found)", "", false},
		"limited": {429, http.Header{"Retry-After": {"30"}}, `{"success":false,"errors":[{"code":971,"message":"Please wait"}]}`,
			"limiting the rate of requests", "wait 30s", false},
		"other": {400, nil, `{"success":false,"errors":[{"code":7406,"message":"System limit reached"}]}`,
			"HTTP 400: System limit reached (code 7406)", "", false},
		"internal":        {500, nil, `{"success":false,"errors":[{"code":7500,"message":"internal error"}]}`, "HTTP 500: internal error", "", true},
		"gateway timeout": {504, html, "<html>\n<b>504</b> " + strings.Repeat("x", 1000), "HTTP 504: <html> <b>504</b> xxx", "", true},
		"not json":        {200, html, "<html>", "unexpected answer", "", true},
		"half success":    {200, nil, `{"success":true,"result":[{"success":false,"results":[]}]}`, "statement 1 did not succeed", "", true},
		"no success":      {200, nil, `{"success":false,"errors":[{"code":7500,"message":"no such table: x"}]}`, "no such table: x", "", false},
		"redirect":        {307, http.Header{"Location": {"https://example.com/"}}, "", "HTTP 307", "", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			api := answering(t, c.status, c.headers, c.body)
			_, err := api.client.Database("acc", "db").Query(t.Context(), "INSERT INTO t VALUES ('secret')")
			require.ErrorContains(t, err, c.message)
			require.Contains(t, hint.Of(err), c.hint)
			require.Equal(t, c.ambiguous, cloudflare.Ambiguous(err))
			require.NotContains(t, err.Error()+hint.Of(err), token)
			require.NotContains(t, err.Error(), "'secret'")
			require.Less(t, len(err.Error()), 500)
			require.EqualValues(t, 1, api.count.Load())
		})
	}
}

func TestLostAnswerIsAmbiguous(t *testing.T) {
	t.Parallel()
	var count atomic.Int64
	server := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		count.Add(1)
		panic(http.ErrAbortHandler)
	}))
	t.Cleanup(server.Close)
	client, err := cloudflare.New(cloudflare.Config{Host: server.Listener.Addr().String(), Token: token, HTTPClient: server.Client()})
	require.NoError(t, err)
	_, err = client.Database("acc", "db").Query(t.Context(), "SELECT 1")
	require.ErrorContains(t, err, "no answer from the Cloudflare API")
	require.True(t, cloudflare.Ambiguous(err))
	require.EqualValues(t, 1, count.Load())
}

func TestCancelledQuery(t *testing.T) {
	t.Parallel()
	api := answering(t, 200, nil, `{}`)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := api.client.Database("acc", "db").Query(ctx, "SELECT 1")
	require.ErrorIs(t, err, context.Canceled)
	require.Zero(t, api.count.Load())
}

func TestRoute(t *testing.T) {
	t.Parallel()
	on := `{"success":true,"errors":[],"messages":[],"result":{"enabled":true,"previews_enabled":false,"subdomain":"me"}}`
	api := answering(t, 200, nil, on)
	require.NoError(t, api.client.EnableRoute(t.Context(), "acc", "watch"))
	require.Equal(t, "POST /client/v4/accounts/acc/workers/scripts/watch/subdomain", line(api))
	require.JSONEq(t, `{"enabled":true,"previews_enabled":false}`, *api.body.Load())

	enabled, err := api.client.RouteEnabled(t.Context(), "acc", "watch")
	require.NoError(t, err)
	require.True(t, enabled)
	require.NoError(t, api.client.DisableRoute(t.Context(), "acc", "watch"))
	require.Equal(t, "DELETE /client/v4/accounts/acc/workers/scripts/watch/subdomain", line(api))

	subdomain, err := api.client.Subdomain(t.Context(), "acc")
	require.NoError(t, err)
	require.Equal(t, "me", subdomain)
	require.Equal(t, "GET /client/v4/accounts/acc/workers/subdomain", line(api))
	require.EqualValues(t, 4, api.count.Load())
}

func TestRouteOfNothing(t *testing.T) {
	t.Parallel()
	api := answering(t, 404, nil, `{"success":false,"errors":[{"code":10007,"message":"This Worker does not exist on your account."}]}`)
	require.NoError(t, api.client.DisableRoute(t.Context(), "acc", "watch"))
	_, err := api.client.RouteEnabled(t.Context(), "acc", "watch")
	require.ErrorIs(t, err, cloudflare.ErrNotFound)
	require.EqualError(t, api.client.EnableRoute(t.Context(), "acc", "watch"),
		"Worker watch of account acc: not found (This Worker does not exist on your account.)")
	_, err = api.client.Subdomain(t.Context(), "acc")
	require.ErrorIs(t, err, cloudflare.ErrNotFound)
}

func TestRouteIsRepeatedAfterA5xx(t *testing.T) {
	t.Parallel()
	api := answering(t, 503, http.Header{"Retry-After-Ms": {"1"}}, `{"success":false,"errors":[{"code":1,"message":"later"}]}`)
	began := time.Now()
	require.ErrorContains(t, api.client.EnableRoute(t.Context(), "acc", "watch"), "HTTP 503: later (code 1)")
	require.EqualValues(t, 3, api.count.Load())
	require.Less(t, time.Since(began), time.Second)
}

func line(r *recorded) string { return r.last.Load().Method + " " + r.last.Load().URL.String() }
