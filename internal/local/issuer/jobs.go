package issuer

import (
	"crypto/rand"
	"sync"
	"time"
)

// JobLife is how long a job may run, as GitHub's do:
// https://docs.github.com/en/actions/reference/limits.
const JobLife = 6 * time.Hour

// jobs are those that run, by the credential with which they ask for tokens.
type jobs struct {
	mu   sync.Mutex
	live map[string]job
}

type job struct {
	claims Claims
	until  time.Time
}

// start gives a new job its credential; ended ones are forgotten on the way.
func (j *jobs) start(claims Claims, now time.Time) string {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.forget(now)
	token := "job-" + rand.Text()
	j.live[token] = job{claims: claims, until: now.Add(JobLife)}
	return token
}

func (j *jobs) find(token string, now time.Time) (Claims, bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.forget(now)
	found, ok := j.live[token]
	return found.claims, ok
}

func (j *jobs) forget(now time.Time) {
	for token, each := range j.live {
		if !now.Before(each.until) {
			delete(j.live, token)
		}
	}
}
