package api

import (
	"net/http"
	"strings"
)

// routes are all paths there are. Everything else is Cloudflare's 7003.
func (s *server) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		answer(w, nil, noRoute(strings.TrimPrefix(r.URL.Path, Prefix)))
	})
	mux.HandleFunc("GET "+Prefix+dumpPath+"{dump}", s.getDump)
	mux.HandleFunc("PUT "+Prefix+uploadPath+"{upload}", s.putUpload)
	for pattern, e := range s.endpoints() {
		method, path, _ := strings.Cut(pattern, " ")
		mux.HandleFunc(method+" "+Prefix+shorthands.Replace(path), s.handle(e))
	}
	return mux
}

// endpoints are by method and path; {account} stands for /accounts/{account},
// {database} and {script} for the paths under it.
func (s *server) endpoints() map[string]endpoint {
	return map[string]endpoint{
		"GET /user":                   s.user,
		"GET /user/tokens/verify":     s.verifyToken,
		"GET /memberships":            s.memberships,
		"GET /accounts":               s.listAccounts,
		"GET {account}":               s.getAccount,
		"GET {account}/tokens/verify": s.verifyToken,

		"GET {account}/d1/database":  s.listDatabases,
		"POST {account}/d1/database": s.createDatabase,
		"GET {database}":             s.getDatabase,
		"PUT {database}":             s.updateDatabase,
		"PATCH {database}":           s.updateDatabase,
		"DELETE {database}":          s.deleteDatabase,
		"POST {database}/query":      s.query,
		"POST {database}/raw":        s.raw,
		"POST {database}/export":     s.export,
		"POST {database}/import":     s.importFile,

		"GET {database}/time_travel/bookmark": s.getBookmark,
		"POST {database}/time_travel/restore": s.restoreDatabase,

		"POST /graphql":                                    s.analytics,
		"GET {account}/workers/workers/{name}":             s.getWorker,
		"GET {account}/workers/durable_objects/namespaces": s.listNamespaces,
		"GET {account}/storage/kv/namespaces":              s.listNamespaces,
		"GET {account}/workers/subdomain":                  s.getAccountSubdomain,
		"GET {account}/workers/services/{name}":            s.getService,
		"DELETE {account}/workers/services/{name}":         s.deleteScript,
		"GET {account}/workers/tails/by-consumer/{name}":   s.getTails,
		"GET {account}/workers/scripts":                    s.listScripts,
		"GET {script}":                                     s.getContent,
		"PUT {script}":                                     s.putScript,
		"DELETE {script}":                                  s.deleteScript,
		"GET {script}/content":                             s.getContent,
		"GET {script}/content/v2":                          s.getContent,
		"GET {script}/bindings":                            s.getBindings,
		"GET {script}/references":                          s.getReferences,
		"GET {script}/settings":                            s.getSettings,
		"PATCH {script}/settings":                          s.patchSettings,
		"GET {script}/script-settings":                     s.getScriptSettings,
		"PATCH {script}/script-settings":                   s.patchScriptSettings,
		"GET {script}/subdomain":                           s.getRoute,
		"POST {script}/subdomain":                          s.setRoute,
		"DELETE {script}/subdomain":                        s.deleteRoute,
		"GET {script}/schedules":                           s.getSchedules,
		"PUT {script}/schedules":                           s.putSchedules,
		"GET {script}/secrets":                             s.listSecrets,
		"PUT {script}/secrets":                             s.putSecret,
		"GET {script}/secrets/{secret}":                    s.getSecret,
		"DELETE {script}/secrets/{secret}":                 s.deleteSecret,
		"GET {script}/versions":                            s.listVersions,
		"POST {script}/versions":                           s.postVersion,
		"GET {script}/versions/{version}":                  s.getVersion,
		"GET {script}/deployments":                         s.listDeployments,
		"POST {script}/deployments":                        s.postDeployment,
		"GET {script}/deployments/{deployment}":            s.getDeployment,
	}
}

// shorthands are the beginnings that most paths share.
var shorthands = strings.NewReplacer(
	"{account}", "/accounts/{account}",
	"{database}", "/accounts/{account}/d1/database/{id}",
	"{script}", "/accounts/{account}/workers/scripts/{name}",
)
