package local

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAccessLogHoldsNoSecret(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	log := &accessLog{out: &out}
	handler := log.wrap("api", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(403) }))
	r := httptest.NewRequest("PUT", "/client/v4/accounts/abc/workers/scripts/w/secrets?token=hunter2", bytes.NewBufferString(`{"text":"hunter2"}`))
	r.Header.Set("Authorization", "Bearer hunter2")
	handler.ServeHTTP(httptest.NewRecorder(), r)

	require.NotContains(t, out.String(), "hunter2")
	var line Request
	require.NoError(t, json.Unmarshal(out.Bytes(), &line))
	require.Equal(t, Request{
		Time: line.Time, Service: "api", Method: "PUT", Path: "/client/v4/accounts/abc/workers/scripts/w/secrets",
		Account: "abc", Status: 403, Ms: line.Ms,
	}, line)
}

func TestAccessLogOfSilentAndCutAnswers(t *testing.T) {
	t.Parallel()
	status := func(h http.HandlerFunc) int {
		var out bytes.Buffer
		handler := (&accessLog{out: &out}).wrap("workers", h)
		func() {
			defer func() { _ = recover() }()
			handler.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "http://w.localhost/", nil))
		}()
		var line Request
		require.NoError(t, json.Unmarshal(out.Bytes(), &line))
		require.Equal(t, "w.localhost", line.Host)
		return line.Status
	}
	require.Equal(t, 200, status(func(http.ResponseWriter, *http.Request) {}))
	require.Equal(t, 101, status(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(101) }))
	require.Equal(t, 0, status(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
}
