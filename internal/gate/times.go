package gate

import (
	"fmt"
	"time"
)

// skew is how far the clock of the issuer may be ahead of this machine's: a token
// is looked at in the moment in which it was made.
const skew = 5 * time.Second

// times checks when a token was issued and until when it holds. The verifier's own
// checks let an iat of tomorrow and an exp in ten years through.
func (q question) times(signed claims, now time.Time) (time.Time, error) {
	issued, err := signed.time("iat")
	if err != nil {
		return time.Time{}, err
	}
	expires, err := signed.time("exp")
	if err != nil {
		return time.Time{}, err
	}
	if life := expires.Sub(issued); life <= 0 || life > maxLife {
		return time.Time{}, fmt.Errorf("%s was issued for %s, and %s is the most", q.subject, span(life), span(maxLife))
	}
	if now.Add(skew).Before(issued) {
		return time.Time{}, fmt.Errorf("%s was issued at %s, which is yet to come: it is %s",
			q.subject, issued.Format(time.RFC3339), now.UTC().Format(time.RFC3339))
	}
	if err := signed.begun(now); err != nil {
		return time.Time{}, err
	}
	return issued, q.aged(issued, expires, now)
}

// begun checks nbf, which a token need not have.
func (c claims) begun(now time.Time) error {
	if _, ok := c.all["nbf"]; !ok {
		return nil
	}
	begins, err := c.time("nbf")
	if err == nil && now.Before(begins) {
		err = fmt.Errorf("%s is not good before %s: it is %s", c.subject, begins.Format(time.RFC3339), now.UTC().Format(time.RFC3339))
	}
	return err
}

func (q question) aged(issued, expires, now time.Time) error {
	if !q.kept && !now.Before(expires) {
		return fmt.Errorf("%s expired at %s: it is %s", q.subject, expires.Format(time.RFC3339), now.UTC().Format(time.RFC3339))
	}
	age := now.Sub(issued)
	if q.age == 0 || age <= q.age {
		return nil
	}
	if q.kept {
		return fmt.Errorf("%w: staging was verified %s ago, and %s is the limit", ErrOld, span(age), span(q.age))
	}
	return fmt.Errorf("%s was issued %s ago, and %s is the limit", q.subject, span(age), span(q.age))
}

// span writes a time to the second, and one of days to the minute: 14d0h0m.
func span(d time.Duration) string {
	const day = 24 * time.Hour
	if d < 2*day {
		return d.Truncate(time.Second).String()
	}
	return fmt.Sprintf("%dd%dh%dm", d/day, d%day/time.Hour, d%time.Hour/time.Minute)
}
