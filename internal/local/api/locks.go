package api

import "sync"

// locks serialise the changes of one thing, so that what a change has read is
// still true when it writes.
type locks struct {
	mu  sync.Mutex
	all map[string]*sync.Mutex
}

// hold takes the lock of a thing and returns what gives it back.
func (l *locks) hold(thing string) (release func()) {
	l.mu.Lock()
	if l.all == nil {
		l.all = map[string]*sync.Mutex{}
	}
	lock, known := l.all[thing]
	if !known {
		lock = &sync.Mutex{}
		l.all[thing] = lock
	}
	l.mu.Unlock()
	lock.Lock()
	return lock.Unlock
}
