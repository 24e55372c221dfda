package fault

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"crane/internal/hint"
)

// both is one set before two services that count their requests.
type both struct {
	Set
	effects map[Service]int
}

func newBoth(t *testing.T, on ...Fault) *both {
	t.Helper()
	b := &both{effects: map[Service]int{}}
	for _, f := range on {
		require.NoError(t, b.Add(f))
	}
	return b
}

// send makes a request; status 0 is no answer.
func (b *both) send(service Service, path string) (status int, header http.Header, body string) {
	defer func() {
		if recover() == http.ErrAbortHandler {
			status = 0
		}
	}()
	w := httptest.NewRecorder()
	b.Wrap(service, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		b.effects[service]++
		w.WriteHeader(http.StatusCreated)
	})).ServeHTTP(w, httptest.NewRequest("POST", path, http.NoBody))
	return w.Code, w.Header(), w.Body.String()
}

// TestKindsOfInfisical meets each kind that it has once, in its own words, and
// leaves the API alone.
func TestKindsOfInfisical(t *testing.T) {
	t.Parallel()
	const internal = `{"reqId":"req-local","statusCode":500,"message":"Something went wrong","error":"InternalServerError"}`
	const limited = `{"reqId":"req-local","statusCode":429,"message":"Rate limit exceeded. Please try again in 1 seconds","error":"RateLimitExceeded"}`
	cases := map[Kind]struct {
		status  int
		body    string
		effects int
	}{
		RateLimit:   {429, limited, 0},
		ErrorBefore: {500, internal, 0},
		ErrorAfter:  {500, internal, 1},
		CutBefore:   {0, "", 0},
		CutAfter:    {0, "", 1},
		Latency:     {201, "", 1},
	}
	for kind, want := range cases {
		t.Run(string(kind), func(t *testing.T) {
			t.Parallel()
			f := Fault{Kind: kind, Service: Infisical, Count: 1}
			if kind == Latency {
				f.For = Duration(50 * time.Millisecond)
			}
			b := newBoth(t, f)
			began := time.Now()
			status, _, _ := b.send(API, "/x")
			require.Equal(t, 201, status, "the API does not meet it")
			require.Equal(t, []Fault{f}, b.List())

			status, _, body := b.send(Infisical, "/x")
			require.Equal(t, want.status, status)
			require.Equal(t, map[Service]int{API: 1, Infisical: want.effects}, nonZero(b.effects, Infisical))
			if want.body != "" {
				require.JSONEq(t, want.body, body)
			}
			require.GreaterOrEqual(t, time.Since(began), time.Duration(f.For))
			require.Empty(t, b.List(), "it is used up")
			status, _, _ = b.send(Infisical, "/x")
			require.Equal(t, 201, status)
		})
	}
	require.Len(t, names(Infisical), len(cases))
	require.Len(t, names(API), len(rules))
}

// nonZero has a count for a service that was not reached too.
func nonZero(effects map[Service]int, service Service) map[Service]int {
	effects[service] += 0
	return effects
}

func TestInfisicalSaysWhenToComeBack(t *testing.T) {
	t.Parallel()
	b := newBoth(t, Fault{Kind: RateLimit, Service: Infisical, Count: 1, For: Duration(90 * time.Second)})
	_, header, body := b.send(Infisical, "/")
	require.Equal(t, "90", header.Get("Retry-After"))
	require.Contains(t, body, "Please try again in 90 seconds")
	require.Empty(t, header.Get("Ratelimit"), "that is Cloudflare's")
}

// TestFaultsOfTheAPI do not reach Infisical, whether they name the API or not.
func TestFaultsOfTheAPI(t *testing.T) {
	t.Parallel()
	b := newBoth(t, Fault{Kind: ErrorBefore}, Fault{Kind: CutBefore, Service: API})
	status, _, _ := b.send(Infisical, "/")
	require.Equal(t, 201, status)
	status, _, _ = b.send(API, "/")
	require.Equal(t, 500, status)
	require.Equal(t, map[Service]int{Infisical: 1}, b.effects)
}

// TestWhatInfisicalDoesNotHave is refused.
func TestWhatInfisicalDoesNotHave(t *testing.T) {
	t.Parallel()
	s := &Set{}
	for _, kind := range []Kind{Overloaded, Reset, Quota, Propagation} {
		err := s.Add(Fault{Kind: kind, Service: Infisical, For: Duration(time.Second)})
		require.ErrorIs(t, err, ErrInvalid)
		require.EqualError(t, err, `invalid fault: "`+string(kind)+`" is nothing that happens to infisical; no fault was added`)
		require.Equal(t, "use one of 429, 500-after, 500-before, cut-after, cut-before, latency", hint.Of(err))
	}
	require.Empty(t, s.List())
}

// TestServiceInJSON is there only when it was given.
func TestServiceInJSON(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]Service{
		`{"kind":"429","count":1,"skip":0}`:                       "",
		`{"kind":"429","service":"api","count":1,"skip":0}`:       API,
		`{"kind":"429","service":"infisical","count":1,"skip":0}`: Infisical,
	} {
		written, err := json.Marshal(Fault{Kind: RateLimit, Service: want, Count: 1})
		require.NoError(t, err)
		require.JSONEq(t, text, string(written))
		var f Fault
		require.NoError(t, json.Unmarshal([]byte(text), &f))
		require.Equal(t, want, f.Service)
	}
}
