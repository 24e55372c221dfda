package fault

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"crane/internal/hint"
	"crane/internal/local/account"
	"crane/internal/local/api"
	"crane/internal/local/runtime"
)

const d1Path = "/client/v4/accounts/a/d1/database/b/query"

// target is a handler that counts its effects, behind a set of faults.
type target struct {
	Set
	effects atomic.Int64
	server  *httptest.Server
}

func newTarget(t *testing.T, on ...Fault) *target {
	t.Helper()
	g := &target{}
	for _, f := range on {
		require.NoError(t, g.Add(f))
	}
	g.server = httptest.NewServer(g.Wrap(API, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		g.effects.Add(1)
		w.Header().Set("X-Real", "yes")
		w.WriteHeader(http.StatusCreated)
		_, _ = io.WriteString(w, "done")
	})))
	t.Cleanup(g.server.Close)
	return g
}

// send makes a request on a connection of its own; status 0 is no answer.
func (g *target) send(t *testing.T, method, path string) (status int, header http.Header, body string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, g.server.URL+path, strings.NewReader(strings.Repeat("x", 1<<20)))
	require.NoError(t, err)
	r.Close = true
	response, err := g.server.Client().Do(r)
	if err != nil {
		return 0, nil, ""
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return response.StatusCode, response.Header, string(text)
}

// TestKinds meets each kind once: what the client sees, and whether the request
// had its effect. The next request is untouched.
func TestKinds(t *testing.T) {
	t.Parallel()
	cases := map[Kind]struct {
		status, code int
		message      string
		effects      int64
	}{
		RateLimit:   {429, 971, "Please wait and consider throttling your request speed", 0},
		ErrorBefore: {500, 7500, "internal error; reference = ", 0},
		ErrorAfter:  {500, 7500, "internal error; reference = ", 1},
		CutBefore:   {0, 0, "", 0},
		CutAfter:    {0, 0, "", 1},
		Latency:     {201, 0, "", 1},
		Overloaded:  {429, 7429, "D1 DB is overloaded. Requests queued for too long.", 0},
		Reset:       {429, 7429, "caused object to be reset.", 0},
		Quota:       {400, 7500, "exceeded D1's free tier daily row write limit", 0},
	}
	require.Len(t, cases, len(rules)-1, "all but propagation, which no request meets")
	for kind, want := range cases {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			f := Fault{Kind: kind, Count: 1}
			if kind == Latency {
				f.For = Duration(100 * time.Millisecond)
			}
			g := newTarget(t, f)
			began := time.Now()
			status, header, body := g.send(t, "POST", d1Path)
			require.Equal(t, want.status, status, body)
			require.Equal(t, want.effects, g.effects.Load())
			require.Equal(t, kind == Latency, header.Get("X-Real") != "", "the real answer's headers")
			if kind == Latency {
				require.GreaterOrEqual(t, time.Since(began), 100*time.Millisecond)
			}
			if want.code != 0 {
				requireRefusal(t, body, want.code, want.message)
			}
			require.Empty(t, g.List(), "it is used up")
			status, _, body = g.send(t, "POST", d1Path)
			require.Equal(t, "201 done", fmt.Sprint(status, " ", body))
		})
	}
}

func requireRefusal(t *testing.T, body string, code int, text string) {
	t.Helper()
	var e envelope
	require.NoError(t, json.Unmarshal([]byte(body), &e))
	require.False(t, e.Success)
	require.Len(t, e.Errors, 1)
	require.Equal(t, code, e.Errors[0].Code)
	require.Contains(t, e.Errors[0].Message, text)
	require.Contains(t, body, `"result":null`)
	require.Contains(t, body, `"messages":[]`)
}

func TestRateLimitSaysWhenToComeBack(t *testing.T) {
	t.Parallel()
	g := newTarget(t, Fault{Kind: RateLimit, Count: 1}, Fault{Kind: RateLimit, Count: 1, For: Duration(1500 * time.Millisecond)})
	for _, seconds := range []string{"1", "2"} {
		_, header, _ := g.send(t, "GET", "/")
		require.Equal(t, seconds, header.Get("Retry-After"))
		require.Equal(t, `"default";r=0;t=`+seconds, header.Get("Ratelimit"))
		require.Equal(t, `"default";q=1200;w=300`, header.Get("Ratelimit-Policy"))
	}
}

func TestWorkersHaveTheirOwnInternalError(t *testing.T) {
	t.Parallel()
	_, _, body := newTarget(t, Fault{Kind: ErrorBefore, Count: 1}).send(t, "PUT", "/client/v4/accounts/a/workers/scripts/w")
	requireRefusal(t, body, 10013, "internal error; reference = ")
}

// TestWhoMeetsAFault goes by method, whole path, skip and count.
func TestWhoMeetsAFault(t *testing.T) {
	t.Parallel()
	g := newTarget(t, Fault{Kind: ErrorBefore, Method: "put", Path: "/a|/b", Count: 2, Skip: 1})
	statuses := func(requests ...string) (all []int) {
		for _, each := range requests {
			method, path, _ := strings.Cut(each, " ")
			status, _, _ := g.send(t, method, path)
			all = append(all, status)
		}
		return all
	}
	require.Equal(t, []int{201, 201, 201, 201}, statuses("GET /a", "PUT /a/b", "PUT /x/a", "PUT /ab"), "none of these counts")
	require.Equal(t, Fault{Kind: ErrorBefore, Method: "PUT", Path: "/a|/b", Count: 2, Skip: 1}, g.List()[0])
	require.Equal(t, []int{201, 500}, statuses("PUT /b", "PUT /a?query=1"))
	require.Equal(t, Fault{Kind: ErrorBefore, Method: "PUT", Path: "/a|/b", Count: 1}, g.List()[0])
	require.Equal(t, []int{500, 201}, statuses("PUT /a", "PUT /a"))
	require.Empty(t, g.List())

	require.NoError(t, g.Add(Fault{Kind: ErrorBefore}))
	require.Equal(t, []int{500, 500, 500}, statuses("GET /", "PUT /", "POST /"), "until it is cleared")
	g.Clear()
	require.Equal(t, []int{201}, statuses("GET /"))
}

// TestFaultsTogether: waiting adds up, and the oldest answer comes first without
// using up the others.
func TestFaultsTogether(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &Set{}
		for _, f := range []Fault{
			{Kind: Latency, For: Duration(time.Second)},
			{Kind: Overloaded, Count: 1},
			{Kind: CutBefore, Count: 1},
			{Kind: Latency, Count: 1, For: Duration(2 * time.Second)},
		} {
			require.NoError(t, s.Add(f))
		}
		began := time.Now()
		w := httptest.NewRecorder()
		handler := s.Wrap(API, http.NotFoundHandler())
		handler.ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
		require.Equal(t, 429, w.Code)
		require.Equal(t, 3*time.Second, time.Since(began))
		require.PanicsWithValue(t, http.ErrAbortHandler, func() {
			handler.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil))
		})
		require.Equal(t, 4*time.Second, time.Since(began))
		require.Equal(t, []Fault{{Kind: Latency, For: Duration(time.Second)}}, s.List())
	})
}

func TestInvalidFaults(t *testing.T) {
	t.Parallel()
	s := &Set{}
	for why, f := range map[string]Fault{
		"is no kind of fault":      {Kind: "418"},
		"cannot match paths":       {Kind: CutAfter, Path: "a)|(b"},
		"below zero":               {Kind: CutAfter, Count: -1},
		"needs a duration":         {Kind: Propagation},
		"takes no duration":        {Kind: Quota, For: 1},
		"whatever their method":    {Kind: Propagation, For: 1, Method: "PUT"},
		`"" is no kind`:            {},
		`"latency" has a number`:   {Kind: Latency, For: -1},
		"missing argument to repe": {Kind: CutBefore, Path: "*"},
		`is for "vault", which`:    {Kind: CutBefore, Service: "vault"},
		`is for "API", which`:      {Kind: CutBefore, Service: "API"},
	} {
		err := s.Add(f)
		require.ErrorIs(t, err, ErrInvalid, why)
		require.ErrorContains(t, err, why)
		require.ErrorContains(t, err, "; no fault was added")
		require.NotEmpty(t, hint.Of(err), why)
	}
	require.Empty(t, s.List())
}

// deployed is a runtime that remembers what is deployed.
type deployed struct {
	api.Runtime
	versions sync.Map
}

func (d *deployed) Deploy(s runtime.Script)     { d.versions.Store(s.Name, s.Version) }
func (d *deployed) Remove(account, name string) { d.versions.Delete(name) }

func (d *deployed) all() map[string]string {
	all := map[string]string{}
	for name, version := range d.versions.Range {
		all[name.(string)] = version.(string)
	}
	return all
}

// TestPropagation lets the old version answer for a while, for one script.
func TestPropagation(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s, rt := &Set{}, &deployed{}
		edge := s.Edge(rt)
		deploy := func(name, version string) { edge.Deploy(runtime.Script{Account: "acc", Name: name, Version: version}) }
		after := func(d time.Duration) map[string]string {
			time.Sleep(d)
			synctest.Wait()
			return rt.all()
		}
		deploy("w", "1")
		require.Equal(t, map[string]string{"w": "1"}, after(0))

		slow := Fault{Kind: Propagation, Path: "/client/v4/accounts/acc/workers/scripts/w", Count: 1, For: Duration(3 * time.Second)}
		require.NoError(t, s.Add(slow))
		require.HTTPStatusCode(t, s.Wrap(API, http.NotFoundHandler()).ServeHTTP, "PUT", slow.Path, nil, 404)
		deploy("other", "1")
		deploy("w", "2")
		require.Empty(t, s.List(), "one upload has met it")
		require.Equal(t, map[string]string{"w": "1", "other": "1"}, after(2*time.Second))
		require.Equal(t, map[string]string{"w": "2", "other": "1"}, after(time.Second))

		// What comes meanwhile wins over what is on its way.
		require.NoError(t, s.Add(slow))
		deploy("w", "3")
		deploy("w", "4")
		require.Equal(t, "4", after(time.Minute)["w"])
		require.NoError(t, s.Add(slow))
		deploy("w", "5")
		edge.Remove("acc", "w")
		require.Equal(t, map[string]string{"other": "1"}, after(time.Minute))
	})
}

// TestControl is the endpoint and its client.
func TestControl(t *testing.T) {
	t.Parallel()
	s := &Set{}
	server := httptest.NewTLSServer(s.Control(account.All()))
	t.Cleanup(server.Close)
	c := Client{HTTP: server.Client(), Host: strings.TrimPrefix(server.URL, "https://"), Token: account.Production.Token}
	list, err := c.List(t.Context())
	require.NoError(t, err)
	require.Empty(t, list)

	want := Fault{Kind: Latency, Method: "PUT", Path: "/.*", Count: 2, Skip: 1, For: Duration(90 * time.Second)}
	require.NoError(t, c.Add(t.Context(), want))
	list, err = c.List(t.Context())
	require.NoError(t, err)
	require.Equal(t, []Fault{want}, list)

	err = c.Add(t.Context(), Fault{Kind: "418"})
	require.ErrorIs(t, err, ErrControl)
	require.EqualError(t, err, `invalid fault: "418" is no kind of fault; no fault was added`)
	require.Contains(t, hint.Of(err), "propagation")

	require.NoError(t, c.Clear(t.Context()))
	require.Empty(t, s.List())
	c.Token = "guessed"
	require.ErrorContains(t, c.Add(t.Context(), want), "need the token of a local account")
	c.Host = "127.0.0.1:1"
	require.ErrorIs(t, c.Clear(t.Context()), ErrControl)
	require.Empty(t, s.List())
}

// TestControlByHand speaks to the endpoint as any HTTP client would.
func TestControlByHand(t *testing.T) {
	t.Parallel()
	s := &Set{}
	send := func(method, body, token string) (int, string) {
		r := httptest.NewRequest(method, Path, strings.NewReader(body))
		r.Header.Set("Authorization", token)
		w := httptest.NewRecorder()
		s.Control(account.All()).ServeHTTP(w, r)
		return w.Code, w.Body.String()
	}
	token := "Bearer " + account.Staging.Token
	status, body := send("POST", `{"kind":"latency","for":"2s"}`, token)
	require.Equal(t, 201, status, body)
	require.JSONEq(t, `{"kind":"latency","count":1,"skip":0,"for":"2s"}`, body)
	for _, wrong := range []string{`{"kind":"cut-after","service":"d1"}`, `{"kind":"cut-after","cuont":2}`, `{"kind":"latency","for":"soon"}`, `{`, ``} {
		status, body = send("POST", wrong, token)
		require.Equal(t, 400, status, wrong)
		require.Contains(t, body, `{"error":"invalid fault: `)
	}
	for wrong, want := range map[string]int{token: 405, account.Staging.Token: 401, "Bearer ": 401, "": 401} {
		status, _ = send("PUT", "{}", wrong)
		require.Equal(t, want, status, wrong)
	}
	require.Len(t, s.List(), 1)
}
