package infisical

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"crane/stacks"
)

// version is what differs between versions of the listing.
type version struct {
	// project is the query's name of the project's id.
	project string
	// imports are the query's names of the wish for imported secrets.
	imports []string
	// wished is what a query means that says nothing of them.
	wished bool
}

var (
	v3 = version{project: "workspaceId", imports: []string{"include_imports"}}
	v4 = version{project: "projectId", imports: []string{"includeImports", "include_imports"}, wished: true}
)

// wants reports whether a query wants imported secrets too.
func (v version) wants(query url.Values) bool {
	for _, name := range v.imports {
		if query.Has(name) {
			return query.Get(name) == "true"
		}
	}
	return v.wished
}

// list answers one scope and, where they are wanted, its imports.
func (s *server) list(v version) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		f, ok := s.open(w, r, v)
		if !ok {
			return
		}
		imports := []imported{}
		if v.wants(r.URL.Query()) {
			imports = s.imports(f)
		}
		answer(w, map[string]any{"secrets": f.secrets(), "imports": imports})
	}
}

func (s *server) one(v version) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		f, ok := s.open(w, r, v)
		if !ok {
			return
		}
		name := r.PathValue("name")
		value, ok := f.values[name]
		if !ok {
			refuse(w, http.StatusNotFound, "NotFound", fmt.Sprintf("Secret with name '%s' not found", name))
			return
		}
		answer(w, map[string]any{"secret": f.secret(name, value)})
	}
}

// open admits a request to a folder, or answers why not.
func (s *server) open(w http.ResponseWriter, r *http.Request, v version) (folder, bool) {
	query := r.URL.Query()
	scope := stacks.Scope{Environment: query.Get("environment"), Path: cleanPath(query.Get("secretPath"))}
	id, denied := s.tokens.use(strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "))
	switch {
	case denied != nil:
		denied.answer(w)
		return folder{}, false
	case query.Get(v.project) != Project:
		refuse(w, http.StatusNotFound, "NotFound", fmt.Sprintf("Project with ID '%s' not found", query.Get(v.project)))
		return folder{}, false
	case scope.Environment != id.Environment:
		refuse(w, http.StatusForbidden, "PermissionDenied",
			fmt.Sprintf("You are not allowed to read secrets in environment '%s'", scope.Environment))
		return folder{}, false
	case query.Get("recursive") == "true":
		refuse(w, http.StatusBadRequest, "BadRequest", "The local stand-in reads one folder at a time: recursive must be false")
		return folder{}, false
	}
	values, err := s.Store.scope(scope)
	if err != nil {
		missing(w, scope, err)
		return folder{}, false
	}
	return folder{scope, values, id.ListOnly || query.Get("viewSecretValue") == "false"}, true
}

func missing(w http.ResponseWriter, scope stacks.Scope, err error) {
	if !errors.Is(err, ErrNotFound) {
		refuse(w, http.StatusInternalServerError, "InternalServerError", err.Error())
		return
	}
	refuse(w, http.StatusNotFound, "NotFound",
		fmt.Sprintf("Folder with path '%s' in environment with slug '%s' not found", scope.Path, scope.Environment))
}

// cleanPath is a path as the store has it: no slash at the end, / for none.
func cleanPath(path string) string {
	return cmp.Or(strings.TrimRight(path, "/"), "/")
}
