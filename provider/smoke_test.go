package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"
	"github.com/pulumi/pulumi-go-provider/integration"
	"github.com/pulumi/pulumi/sdk/v3/go/property"
	"github.com/stretchr/testify/require"
)

const smokes = "Smoke"

// worker is a Worker that says one revision.
func worker(t *testing.T, revision string) (url string, asked *atomic.Int64) {
	t.Helper()
	asked = &atomic.Int64{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		_, _ = fmt.Fprintf(w, `{"status":"healthy","revision":%q,"migrations":{"DB":"0002_b.sql"}}`, revision)
	}))
	t.Cleanup(server.Close)
	return server.URL, asked
}

func probe(url, revision string) property.Map {
	return properties(map[string]any{"url": url, "revision": revision,
		"migrations": property.New(map[string]property.Value{"DB": property.New("0002_b.sql")})})
}

func TestSmokeLifeCycle(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	first, askedFirst := worker(t, "r1")
	second, askedSecond := worker(t, "r2")
	integration.LifeCycleTest{
		Resource: urn(smokes).Type(),
		Create: integration.Operation{
			Inputs: probe(first, "r1"),
			Hook: func(inputs, output property.Map) {
				require.Equal(t, "2026-11-23T12:00:00Z", output.Get("verifiedAt").AsString())
				require.Equal(t, 60.0, inputs.Get("deadline").AsNumber())
			},
		},
		Updates: []integration.Operation{{Inputs: probe(second, "r2")}},
	}.Run(t, s)
	require.EqualValues(t, 1, askedFirst.Load(), "a preview does not ask")
	require.EqualValues(t, 1, askedSecond.Load())
	require.Empty(t, s.asked())
}

func TestSmokeAsksOnlyWhenSomethingChanged(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	url, asked := worker(t, "r1")
	state := s.created(smokes, probe(url, "r1"))
	diff, err := s.diff(smokes, state, probe(url, "r1"))
	require.NoError(t, err)
	require.False(t, diff.HasChanges)
	diff, err = s.diff(smokes, state, probe(url+"/", "r2"))
	require.NoError(t, err)
	require.Equal(t, map[string]p.PropertyDiff{
		"url": {Kind: p.Update, InputDiff: true}, "revision": {Kind: p.Update, InputDiff: true},
	}, diff.DetailedDiff)

	require.EqualValues(t, 1, asked.Load())
}

// TestSmokeDrift: what mends a Worker that was changed has to be verified.
func TestSmokeDrift(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	url, asked := worker(t, "r1")
	state := s.created(smokes, probe(url, "r1"))
	request := p.ReadRequest{ID: state.ID, Urn: urn(smokes), Properties: state.Properties, Inputs: s.checked(smokes, probe(url, "r1"))}
	read, err := s.Read(request)
	require.NoError(t, err)
	require.Equal(t, state.Properties, read.Properties)
	require.EqualValues(t, 2, asked.Load())

	for name, other := range map[string]property.Map{
		"revision":   state.Properties.Set("revision", property.New("r2")),
		"migrations": state.Properties.Set("migrations", property.New(map[string]property.Value{"DB": property.New("0003_c.sql")})),
		"nobody":     state.Properties.Set("url", property.New("http://127.0.0.1:1")),
	} {
		request.Properties = other
		read, err = s.Read(request)
		require.NoError(t, err)
		require.Equal(t, other.Set("verifiedAt", property.New("")), read.Properties, name)
	}
}

// TestSmokeFailedIsNotForgotten: going back to what was verified before a
// failure uploads a script, and that upload must be verified too.
func TestSmokeFailedIsNotForgotten(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	url, asked := worker(t, "r1")
	verified := s.created(smokes, probe(url, "r1"))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	failed, err := (&Smoke{}).Update(ctx, infer.UpdateRequest[SmokeArgs, SmokeState]{
		State:  SmokeState{SmokeArgs: SmokeArgs{URL: url, Revision: "r1"}, VerifiedAt: "before"},
		Inputs: SmokeArgs{URL: url, Revision: "r2", Deadline: 60},
	})
	require.ErrorIs(t, err, context.Canceled)
	partial, ok := errors.AsType[infer.ResourceInitFailedError](err)
	require.True(t, ok, "the state must say what was deployed, not what was verified before")
	require.Len(t, partial.Reasons, 1)
	require.Equal(t, SmokeState{SmokeArgs: SmokeArgs{URL: url, Revision: "r2", Deadline: 60}}, failed.Output)

	// The engine asks again for what failed, until somebody refreshes: then the
	// missing time tells.
	unverified := p.CreateResponse{ID: verified.ID, Properties: verified.Properties.Set("verifiedAt", property.New(""))}
	diff, err := s.diff(smokes, unverified, probe(url, "r1"))
	require.NoError(t, err)
	require.True(t, diff.HasChanges)
	require.EqualValues(t, 1, asked.Load())
}

func TestSmokeRefusesADeadlineInThePast(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	require.Equal(t, "deadline: deadline is -1 seconds, want more than none",
		s.refused(smokes, probe("http://x", "r").Set("deadline", property.New(-1.0))))
}

func TestSmokeFailsWithWhatItSaw(t *testing.T) {
	t.Parallel()
	url, _ := worker(t, "r1")
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	s := &Smoke{world: World{
		Now:   func() time.Time { return now },
		Sleep: func(_ context.Context, d time.Duration) error { now = now.Add(d); return nil },
	}}
	_, err := s.verify(t.Context(), SmokeArgs{URL: url, Revision: "r2", Deadline: 5}, false)
	require.ErrorContains(t, err, "was not healthy with this deployment for 5s (asked 7 times): revision \"r1\", want \"r2\"; it last answered HTTP 200: {")
	require.ErrorContains(t, err, "\nhint: look at "+url+"/health")
}

func TestSmokeEndsWhenPulumiCancels(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	url, asked := worker(t, "r1")
	failed := make(chan error)
	go func() {
		_, err := s.Create(p.CreateRequest{Urn: urn(smokes), Properties: s.checked(smokes, probe(url, "r2"))})
		failed <- err
	}()
	require.Eventually(t, func() bool { return asked.Load() > 0 }, 10*time.Second, time.Millisecond)
	require.NoError(t, s.Cancel())
	select {
	case err := <-failed:
		require.ErrorIs(t, err, context.Canceled)
	case <-time.After(10 * time.Second):
		t.Fatal("the smoke test went on after Pulumi cancelled it")
	}
}
