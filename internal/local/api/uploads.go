package api

import (
	"crypto/md5"
	"encoding/hex"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/google/uuid"
)

// uploadPath is where files for an import are put.
const uploadPath = "/local/imports/"

// uploadLife is how long an address and its file are kept.
const uploadLife = time.Hour

// uploads are the files for imports, in memory.
type uploads struct {
	mu  sync.Mutex
	all map[string]*file // by the secret part of the address
}

type file struct {
	name, etag, content string
	uploaded            bool
	made                time.Time
}

// expect makes an address for a file and forgets the old ones.
func (u *uploads) expect(name, etag string, now time.Time) string {
	u.mu.Lock()
	defer u.mu.Unlock()
	kept := map[string]*file{}
	for id, old := range u.all {
		if now.Sub(old.made) < uploadLife {
			kept[id] = old
		}
	}
	id := uuid.NewString()
	kept[id] = &file{name: name, etag: etag, made: now}
	u.all = kept
	return id
}

// put keeps a file that is what was announced.
func (u *uploads) put(id string, content io.Reader) (etag string, err error) {
	text, err := io.ReadAll(content)
	if err != nil {
		return "", unreadable(err)
	}
	sum := md5.Sum(text)
	u.mu.Lock()
	defer u.mu.Unlock()
	f, expected := u.all[id]
	if !expected {
		return "", noRoute(uploadPath + id)
	}
	if etag = hex.EncodeToString(sum[:]); etag != f.etag {
		return "", refuse(http.StatusBadRequest, 7400, "the file's MD5 is %s, announced was %s", etag, f.etag)
	}
	f.content, f.uploaded = string(text), true
	return etag, nil
}

// get gives a file that was uploaded.
func (u *uploads) get(name string) (string, bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for _, f := range u.all {
		if f.name == name && f.uploaded {
			return f.content, true
		}
	}
	return "", false
}

func (u *uploads) forget(name string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	for id, f := range u.all {
		if f.name == name {
			delete(u.all, id)
		}
	}
}

// imports are those that run or whose end nobody has heard, one a database.
type imports struct {
	mu  sync.Mutex
	all map[string]*importJob
}

type importJob struct {
	// bookmark is of the state before.
	bookmark string
	done     chan struct{} // closed when answer is there
	answer   map[string]any
}

func (j *importJob) end(answer map[string]any) {
	j.answer = answer
	close(j.done)
}

func (j *importJob) running() bool {
	select {
	case <-j.done:
		return false
	default:
		return true
	}
}

// begin makes a job, unless one is running.
func (i *imports) begin(database, bookmark string) (*importJob, bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if j, found := i.all[database]; found && j.running() {
		return nil, false
	}
	if i.all == nil {
		i.all = map[string]*importJob{}
	}
	j := &importJob{bookmark: bookmark, done: make(chan struct{})}
	i.all[database] = j
	return j, true
}

func (i *imports) get(database string) (*importJob, bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	j, found := i.all[database]
	return j, found
}

func (i *imports) forget(database string, j *importJob) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.all[database] == j {
		delete(i.all, database)
	}
}
