package runtime

import (
	"net"
	"net/http"
	"slices"
	"strings"
)

// ServeHTTP is the public port: the host <script>.localhost, with any port,
// reaches the script of that name whose route is on, and at firePath its cron
// trigger. Nothing else is there (404). A route that is on in two accounts is refused (421).
func (rt *Runtime) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name, ok := scriptOf(r.Host)
	if !ok {
		refuse(w, http.StatusNotFound, "there is nothing here: a Worker is at http://<script>.localhost")
		return
	}
	accounts := rt.routed(name)
	switch len(accounts) {
	case 0:
		refuse(w, http.StatusNotFound, "there is nothing here yet: no Worker %s has its route on", name)
	case 1:
		if r.URL.Path == firePath {
			rt.fire(w, r, slot{accounts[0], name})
			return
		}
		strip(r.Header)
		r.Header.Set("CF-Connecting-IP", clientIP(r))
		rt.serve(w, r, slot{accounts[0], name})
	default:
		refuse(w, http.StatusMisdirectedRequest, "Worker %s has its route on in the accounts %s", name, strings.Join(accounts, " and "))
	}
}

// scriptOf finds the script's name in a host.
func scriptOf(host string) (string, bool) {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	name, ok := strings.CutSuffix(host, ".localhost")
	return name, ok && name != "" && !strings.Contains(name, ".")
}

// routed lists the accounts in which the script is deployed with its route on.
func (rt *Runtime) routed(name string) []string {
	rt.mu.Lock()
	defer rt.mu.Unlock()
	var accounts []string
	for at := range rt.routes {
		if at.name == name && rt.instances[at] != nil {
			accounts = append(accounts, at.account)
		}
	}
	slices.Sort(accounts)
	return accounts
}

func clientIP(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}
