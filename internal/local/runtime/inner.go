package runtime

import (
	"encoding/json"
	"net"
	"net/http"
	"strings"
	"time"
)

// inner is where scripts' bindings lead: a loopback listener that stays while
// the processes behind it are replaced. Each binding has its own target and
// the key to it; workerd adds both outside the script's reach.
type inner struct {
	rt       *Runtime
	listener net.Listener
	server   *http.Server
	served   chan struct{} // closed when the server has ended
}

func newInner(rt *Runtime) (*inner, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	in := &inner{rt: rt, listener: listener, served: make(chan struct{})}
	in.server = &http.Server{Handler: in, ReadHeaderTimeout: 10 * time.Second}
	go func() {
		defer close(in.served)
		_ = in.server.Serve(listener) // returns only when closed
	}()
	return in, nil
}

func (in *inner) addr() string { return in.listener.Addr().String() }

func (in *inner) close() error {
	err := in.server.Close()
	<-in.served
	return err
}

func databaseTarget(id string) string { return "d1/" + id }

func serviceTarget(at slot) string { return "service/" + at.account + "/" + at.name }

// ServeHTTP passes a request on to the database or script that its target
// header names.
func (in *inner) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	target, key, proto := r.Header.Get(headerTarget), r.Header.Get(headerKey), r.Header.Get(headerProto)
	if !in.rt.secret.vouches(target, key) {
		w.WriteHeader(http.StatusForbidden)
		return
	}
	strip(r.Header)
	kind, rest, _ := strings.Cut(target, "/")
	if kind == "d1" {
		in.rt.engine.serve(w, r, rest)
		return
	}
	account, name, _ := strings.Cut(rest, "/")
	if proto != "" {
		r.Header.Set(headerProto, proto)
	}
	in.rt.serve(w, r, slot{account, name})
}

// serve lets the engine answer a script's D1 binding.
func (e *engine) serve(w http.ResponseWriter, r *http.Request, database string) {
	if r.URL.Path != "/query" && r.URL.Path != "/execute" {
		http.NotFound(w, r)
		return
	}
	p, err := e.running(r.Context())
	if err != nil {
		refuseD1(w, err)
		return
	}
	set := func(h http.Header) { h.Set(headerDatabase, database) }
	failed := func(w http.ResponseWriter, r *http.Request, err error) {
		if r.Context().Err() == nil {
			refuseD1(w, e.broken(p, err))
		}
	}
	forward(p, recorder{e, database}, set, failed).ServeHTTP(w, r)
}

// refuseD1 says an error in the protocol of D1's binding, which throws it.
func refuseD1(w http.ResponseWriter, err error) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(map[string]any{"success": false, "error": err.Error()})
}
