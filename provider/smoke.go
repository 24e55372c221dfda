package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"

	"crane/internal/smoke"
)

// Smoke waits until a Worker is healthy with what was deployed.
type Smoke struct{ world World }

// SmokeArgs are the inputs.
type SmokeArgs struct {
	URL        string            `pulumi:"url"`
	Revision   string            `pulumi:"revision"`
	Migrations map[string]string `pulumi:"migrations,optional"`
	Deadline   int               `pulumi:"deadline,optional"`
}

// SmokeState is what the state keeps.
type SmokeState struct {
	SmokeArgs
	VerifiedAt string `pulumi:"verifiedAt"`
}

// Annotate describes the resource in the schema.
func (s *Smoke) Annotate(a infer.Annotator) {
	a.SetToken("index", "Smoke")
	a.Describe(&s, "Asks a Worker's /health until it is healthy with this revision and these migrations, or fails.")
}

// Annotate describes the inputs in the schema.
func (s *SmokeArgs) Annotate(a infer.Annotator) {
	a.Describe(&s.URL, "The Worker's URL, without /health.")
	a.Describe(&s.Revision, "The revision it must say.")
	a.Describe(&s.Migrations, "The newest migration it must say, by D1 binding.")
	a.Describe(&s.Deadline, "How long to ask, in seconds.")
	a.SetDefault(&s.Deadline, int(smoke.DefaultDeadline/time.Second))
}

// Annotate describes the outputs in the schema.
func (s *SmokeState) Annotate(a infer.Annotator) {
	a.Describe(&s.VerifiedAt, "When it was healthy, RFC 3339 in UTC.")
}

// Check refuses a deadline that leaves no time.
func (*Smoke) Check(ctx context.Context, req infer.CheckRequest) (infer.CheckResponse[SmokeArgs], error) {
	args, failures, err := infer.DefaultCheck[SmokeArgs](ctx, req.NewInputs)
	if err == nil && len(failures) == 0 && args.Deadline <= 0 && !req.NewInputs.Get("deadline").HasComputed() {
		failures = failed("deadline", fmt.Errorf("deadline is %d seconds, want more than none", args.Deadline))
	}
	return infer.CheckResponse[SmokeArgs]{Inputs: args, Failures: failures}, err
}

// Diff asks again when something else is expected, or when the last answers were
// not what was expected.
func (*Smoke) Diff(_ context.Context, req infer.DiffRequest[SmokeArgs, SmokeState]) (infer.DiffResponse, error) {
	found := changes{}
	found.update("url", req.State.URL != req.Inputs.URL)
	found.update("revision", req.State.Revision != req.Inputs.Revision)
	found.update("migrations", !maps.Equal(req.State.Migrations, req.Inputs.Migrations))
	found.update("deadline", req.State.Deadline != req.Inputs.Deadline)
	found.update("verifiedAt", req.State.VerifiedAt == "")
	return found.response(), nil
}

// Create asks for the first time.
func (s *Smoke) Create(ctx context.Context, req infer.CreateRequest[SmokeArgs]) (infer.CreateResponse[SmokeState], error) {
	state, err := s.verify(ctx, req.Inputs, req.DryRun)
	return infer.CreateResponse[SmokeState]{ID: req.Inputs.URL, Output: state}, err
}

// Update asks again, because something that was deployed has changed.
func (s *Smoke) Update(ctx context.Context, req infer.UpdateRequest[SmokeArgs, SmokeState]) (infer.UpdateResponse[SmokeState], error) {
	state, err := s.verify(ctx, req.Inputs, req.DryRun)
	return infer.UpdateResponse[SmokeState]{Output: state}, err
}

// Read asks once. A Worker that no longer answers as it did is no longer
// verified: whatever mends it has to be verified too.
func (*Smoke) Read(ctx context.Context, req infer.ReadRequest[SmokeArgs, SmokeState]) (infer.ReadResponse[SmokeArgs, SmokeState], error) {
	if text := unlike(ctx, req.State.SmokeArgs); text != "" {
		p.GetLogger(ctx).Warningf("%s does not answer as deployed: %s\nhint: pulumi up --stack staging --refresh asks again", req.State.URL, text)
		req.State.VerifiedAt = ""
	}
	return infer.ReadResponse[SmokeArgs, SmokeState](req), nil
}

// oneLook is how long a refresh waits for an answer; a Worker may have to start.
const oneLook = 10 * time.Second

// unlike says how a Worker does not answer as expected, empty when it does.
func unlike(ctx context.Context, want SmokeArgs) string {
	h, err := smoke.Ask(ctx, want.URL, oneLook)
	switch {
	case err != nil:
		return err.Error()
	case h.Status != "healthy":
		return fmt.Sprintf("it says %q", h.Status)
	case h.Revision != want.Revision:
		return fmt.Sprintf("it runs revision %.12q, not %.12q", h.Revision, want.Revision)
	}
	for _, binding := range slices.Sorted(maps.Keys(want.Migrations)) {
		if head := want.Migrations[binding]; h.Migrations[binding] != head {
			return fmt.Sprintf("the migrations of %s are at %q, not %q", binding, h.Migrations[binding], head)
		}
	}
	return ""
}

// verify probes the Worker. A failure is kept in the state, as a resource that is
// not ready: after going back to what was verified before it, that is what was
// deployed last and has to be verified too.
func (s *Smoke) verify(ctx context.Context, in SmokeArgs, preview bool) (SmokeState, error) {
	state := SmokeState{SmokeArgs: in}
	if preview {
		return state, nil
	}
	result, err := smoke.Probe(ctx, smoke.Config{
		Deadline:   time.Duration(in.Deadline) * time.Second,
		HTTPClient: s.world.Workers,
		Now:        s.world.Now,
		Sleep:      s.world.Sleep,
	}, smoke.Expect{URL: in.URL, Revision: in.Revision, Migrations: in.Migrations})
	if err != nil {
		err = hinted(err)
		return state, errors.Join(err, infer.ResourceInitFailedError{Reasons: []string{err.Error()}})
	}
	state.VerifiedAt = result.At.UTC().Format(time.RFC3339)
	return state, nil
}
