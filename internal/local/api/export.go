package api

import (
	"net/http"
	"sync"
	"time"

	"github.com/google/uuid"
)

// dumpPath is where finished exports are fetched; as at Cloudflare, the address
// itself is the permission.
const dumpPath = "/local/exports/"

// dumpLife is how long a finished export can be fetched.
const dumpLife = time.Hour

// dumps are the finished exports.
type dumps struct {
	mu  sync.Mutex
	all map[string]dump
}

type dump struct {
	sql  string
	made time.Time
}

// add keeps a dump, forgets the old ones and returns its id.
func (d *dumps) add(sql string, now time.Time) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	kept := map[string]dump{}
	for id, old := range d.all {
		if now.Sub(old.made) < dumpLife {
			kept[id] = old
		}
	}
	id := uuid.NewString()
	kept[id] = dump{sql, now}
	d.all = kept
	return id
}

func (d *dumps) get(id string) (string, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	found, known := d.all[id]
	return found.sql, known
}

// export answers at once with the finished dump: a client that polls stops at
// its first question.
func (s *server) export(r request) (any, error) {
	d, err := database(r)
	if err != nil {
		return nil, err
	}
	var body struct {
		Options struct {
			NoSchema bool     `json:"no_schema"`
			NoData   bool     `json:"no_data"`
			Tables   []string `json:"tables"`
		} `json:"dump_options"`
	}
	if err := r.decode(&body); err != nil {
		return nil, err
	}
	sql, err := s.Runtime.Export(r.Context(), d.UUID, body.Options.NoSchema, body.Options.NoData, body.Options.Tables)
	if err != nil {
		return nil, asD1(err)
	}
	bookmark, err := s.Runtime.Bookmark(r.Context(), d.UUID, time.Time{})
	if err != nil {
		return nil, asD1(err)
	}
	id := s.dumps.add(sql, s.now())
	return map[string]any{
		"success": true, "type": "export", "status": "complete", "at_bookmark": bookmark, "messages": []string{}, "error": "",
		"result": map[string]string{"filename": d.UUID + ".sql", "signed_url": origin(r.Request) + Prefix + dumpPath + id},
	}, nil
}

// origin is the scheme and host that the client used.
func origin(r *http.Request) string {
	if r.TLS == nil {
		return "http://" + r.Host
	}
	return "https://" + r.Host
}

func (s *server) getDump(w http.ResponseWriter, r *http.Request) {
	sql, known := s.dumps.get(r.PathValue("dump"))
	if !known {
		answer(w, nil, noRoute(r.URL.Path))
		return
	}
	w.Header().Set("Content-Type", "application/sql")
	_, _ = w.Write([]byte(sql)) // the client has gone: nobody to tell
}
