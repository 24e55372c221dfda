package migrate

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"crane/internal/cloudflare"
	"crane/internal/lint"
)

// recheck bounds the look at the ledger after a lost answer. It happens even
// when the run was cancelled, because the next step depends on it.
const recheck = 10 * time.Second

// attempts is how often a file is sent at most.
const attempts = 4

// Wait pauses before attempt n+1, at least as long as the API asked for.
type Wait func(ctx context.Context, n int, asked time.Duration) error

// longest is the longest pause. The API may ask for five minutes, which is
// better left to the next run.
const longest = 30 * time.Second

// Backoff waits 1, 2, 4 … seconds, or as long as the API asked for. It does not
// wait for more than 30 seconds: the error says how long that would have been.
func Backoff(ctx context.Context, n int, asked time.Duration) error {
	pause := max(asked, time.Second<<n)
	if pause > longest {
		return context.DeadlineExceeded
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(pause):
		return nil
	}
}

// sender sends the files of one run.
type sender struct {
	db       Database
	run      Run
	live     *Live
	bookmark string
	// fresh tells that the database was empty before the run.
	fresh bool
}

func (s *sender) sendAll(ctx context.Context, pending []File, verdicts []lint.Verdict) error {
	for i, file := range pending {
		g := guard{file, s.bookmark, verdicts[i]}
		if err := s.send(ctx, g); err != nil {
			return &PartialError{Applied: namesOf(pending[:i]), Failed: file.Name, Err: err}
		}
		s.live.ledger, s.live.guards = true, true
		if !slices.ContainsFunc(s.live.Applied, func(a Applied) bool { return a.Name == file.Name }) {
			s.live.Applied = append(s.live.Applied, Applied{file.Name, file.SHA256, s.bookmark})
		}
		if s.run.Done != nil {
			s.run.Done(file)
		}
	}
	return nil
}

// send sends one file until it is known what became of it. It is sent again only
// when it is certain that it was not applied.
func (s *sender) send(ctx context.Context, g guard) error {
	wait := s.run.Wait
	if wait == nil {
		wait = Backoff
	}
	unsure := false // whether an earlier request may still arrive
	for n := 0; ; n++ {
		_, err := s.db.Query(ctx, s.request(g))
		if err == nil {
			return nil
		}
		again, err := s.settle(ctx, g, err, unsure)
		if !again || n+1 == attempts {
			return err
		}
		unsure = unsure || cloudflare.Ambiguous(errors.Unwrap(err))
		asked := time.Duration(0)
		if limited, ok := errors.AsType[*cloudflare.RateLimitError](err); ok {
			asked = limited.RetryAfter
		}
		if wait(ctx, n, asked) != nil {
			return err // what became of the file is the better reason
		}
	}
}

// request is one transaction: both ledgers if they are missing, so that a first
// file that fails leaves nothing at all, the guard around the file, and the row
// that wrangler writes.
func (s *sender) request(g guard) string {
	var sql strings.Builder
	if !s.live.ledger {
		sql.WriteString(createLedger)
	}
	if !s.live.guards {
		sql.WriteString(createGuards)
	}
	sql.WriteString(g.before())
	sql.WriteString(g.file.SQL + "\n")
	sql.WriteString(insertLedger(g.file.Name))
	sql.WriteString(g.after())
	return sql.String()
}

// settle gives a failure its meaning, and tells whether the file may be sent
// again. A D1 database handles its requests one after the other, so what the
// ledger says is said after the file that it is asked about; should that one
// arrive still later, its guard is refused. unsure tells that an earlier request
// for the file had no answer: what is there is its doing.
func (s *sender) settle(ctx context.Context, g guard, cause error, unsure bool) (again bool, err error) {
	if _, limited := errors.AsType[*cloudflare.RateLimitError](cause); limited {
		return true, &FileError{Name: g.file.Name, Err: cause}
	}
	lost := cloudflare.Ambiguous(cause)
	there, err := s.recheck(ctx, g.file.Name)
	switch {
	case err != nil && lost:
		return false, &UnknownError{Name: g.file.Name, Err: cause}
	case there && (lost || unsure):
		return false, nil
	case there:
		return false, &RaceError{Name: g.file.Name, Err: cause}
	case lost:
		return true, &FileError{Name: g.file.Name, Err: cause}
	default:
		return false, g.failure(cause)
	}
}

// recheck reads the ledger again: whether it has a file, by whosever doing.
func (s *sender) recheck(ctx context.Context, name string) (there bool, err error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recheck)
	defer cancel()
	live, err := Inspect(ctx, s.db)
	if err != nil {
		return false, err
	}
	s.live.Applied = live.Applied
	return slices.ContainsFunc(live.Applied, func(a Applied) bool { return a.Name == name }), nil
}

func namesOf(files []File) []string {
	names := make([]string, len(files))
	for i, f := range files {
		names[i] = f.Name
	}
	return names
}
