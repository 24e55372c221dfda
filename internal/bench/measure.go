package bench

import (
	"context"
	"slices"
	"time"

	"crane/internal/local"
)

// sample is one execution of one step.
type sample struct {
	took     time.Duration
	requests []local.Request
}

// time runs a command and notes how long it took and what it asked of the API.
func (w *workspace) time(ctx context.Context, dir, program string, args ...string) (sample, error) {
	mark, began := w.mark(), time.Now()
	if err := w.run(ctx, dir, program, args...); err != nil {
		return sample{}, err
	}
	took := time.Since(began)
	requests, err := w.requests(mark)
	return sample{took, requests}, err
}

// summary makes a measure of its samples.
func summary(p part, step, tool string, samples []sample) Measure {
	m := Measure{Fleet: p.name, Step: step, Tool: tool, Runs: len(samples)}
	var spans []float64
	for _, s := range samples {
		m.Seconds = append(m.Seconds, rounded(s.took))
		spans = append(spans, rounded(span(s.requests)))
		m.Calls = max(m.Calls, len(s.requests))
		m.Uploads = max(m.Uploads, uploads(s.requests))
	}
	m.Median, m.Min, m.Max = median(m.Seconds), slices.Min(m.Seconds), slices.Max(m.Seconds)
	m.CallsMedian = median(spans)
	return m
}

// rounded is in seconds, to the millisecond.
func rounded(d time.Duration) float64 { return d.Round(time.Millisecond).Seconds() }

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	middle := len(sorted) / 2
	if len(sorted)%2 == 1 {
		return sorted[middle]
	}
	return (sorted[middle-1] + sorted[middle]) / 2
}
