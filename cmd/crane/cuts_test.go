package main

import (
	"context"
	"fmt"
	"math/rand/v2"

	"crane/internal/local/fault"
)

// cuts makes each call of a first update fail, one per update. The update may go
// on by itself; if not, one `crane up` has to converge. A sample is every
// sixteenth call from a random one on.
func (s *storm) cuts(kind fault.Kind) {
	stride := many(16, 1)
	call := rand.IntN(stride)
	for s.cut(fault.Fault{Kind: kind, Count: 1, Skip: call}) {
		call += stride
	}
	if s.Logf("%s: met by none after call %d", kind, call-stride+1); call < 12 {
		s.Fatalf("that is too few for two Workers and two databases")
	}
}

// cut reports whether the fault was met in a first update.
func (s *storm) cut(f fault.Fault) bool {
	what := fmt.Sprintf("%s at call %d", f.Kind, f.Skip+1)
	s.forget()
	met := s.ruined(what, f)
	if met {
		s.mustUp(what)
	}
	s.whole(what)
	return met
}

// blows updates in a storm: of the next calls many fail, each in one of the
// ways in which Cloudflare fails. Then the weather clears, and one `crane up`
// has to converge.
func (s *storm) blows() {
	kinds := []fault.Kind{fault.RateLimit, fault.ErrorBefore, fault.ErrorAfter, fault.Overloaded, fault.Reset}
	for i := range many(1, 15) {
		s.prepare(i%3 == 2)
		var weather []fault.Fault
		for range 10 {
			weather = append(weather, fault.Fault{Kind: kinds[rand.IntN(len(kinds))], Count: 1 + rand.IntN(2), Skip: rand.IntN(10)})
		}
		what := fmt.Sprintf("storm %d %+v", i+1, weather)
		s.ruined(what, weather...)
		s.noHalves(what)
		s.mustUp(what)
		s.whole(what)
	}
}

// ruined runs an update in which things go wrong. It may fail, but has to say
// what to do then. It reports whether all of them went wrong.
func (s *storm) ruined(what string, faults ...fault.Fault) bool {
	control := s.faults()
	for _, f := range faults {
		s.Check(control.Add(context.Background(), f))
	}
	out, err := s.command("up").CombinedOutput()
	s.helpful(what, string(out), err)
	left, err := control.List(context.Background())
	s.Check(err)
	s.Check(control.Clear(context.Background()))
	return len(left) == 0
}
