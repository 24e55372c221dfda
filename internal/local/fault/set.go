package fault

import (
	"context"
	"net/http"
	"slices"
	"sync"
	"time"
)

// Set holds the faults that are on. Its zero value has none.
type Set struct {
	mu sync.Mutex
	on []*entry
}

// Add puts a fault after those that are on, or refuses it with ErrInvalid.
func (s *Set) Add(f Fault) error {
	e, err := f.entry()
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.on = append(s.on, e)
	return nil
}

// List returns the faults that are on, oldest first, with what is left of their
// counts. One that is used up is no longer there.
func (s *Set) List() []Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := []Fault{}
	for _, e := range s.on {
		all = append(all, e.Fault)
	}
	return all
}

// Clear removes all faults. An upload that is still on its way arrives all the
// same.
func (s *Set) Clear() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.on = nil
}

// Wrap lets the requests of a service's handler meet the faults that are for it.
func (s *Set) Wrap(service Service, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		delay, met := s.meet(service, false, r.Method, r.URL.Path)
		if pause(r.Context(), delay) != nil {
			panic(http.ErrAbortHandler) // nobody waits for the answer
		}
		if met == nil {
			next.ServeHTTP(w, r)
			return
		}
		rule := rules[met.Kind]
		if rule.effect {
			next.ServeHTTP(lost{http.Header{}}, r)
		}
		rule.answers[service](w, r, *met)
	})
}

// meet returns how long a request or an upload is kept waiting, by all faults
// that do so, and the oldest fault that answers it, if any. A fault does not
// count what an older one has answered.
func (s *Set) meet(service Service, upload bool, method, path string) (delay time.Duration, met *Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.on = slices.DeleteFunc(s.on, func(e *entry) bool {
		answers := rules[e.Kind].answers != nil
		if answers && met != nil || !e.meets(service, upload, method, path) {
			return false
		}
		if answers {
			f := e.Fault
			met = &f
		} else {
			delay += time.Duration(e.For)
		}
		return e.spend()
	})
	return delay, met
}

func pause(ctx context.Context, d time.Duration) error {
	if d == 0 {
		return nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
