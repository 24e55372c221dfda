package infisical

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"crane/stacks"
)

// hiddenMask is what the real server answers in place of a hidden value.
const hiddenMask = "<hidden-by-infisical>"

// secret is one secret as the real server describes it.
type secret struct {
	ID            string   `json:"id"`
	LegacyID      string   `json:"_id"`
	Workspace     string   `json:"workspace"`
	Environment   string   `json:"environment"`
	Version       int      `json:"version"`
	Type          string   `json:"type"`
	SecretKey     string   `json:"secretKey"`
	SecretValue   string   `json:"secretValue"`
	SecretComment string   `json:"secretComment"`
	SecretPath    string   `json:"secretPath"`
	Hidden        bool     `json:"secretValueHidden"`
	Metadata      []string `json:"secretMetadata"`
	Tags          []string `json:"tags"`
}

// list answers one scope; the query's name of the project differs by version.
func (s *server) list(project string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		scope, values, ok := s.read(w, r, project)
		if !ok {
			return
		}
		secrets := []secret{}
		for _, name := range slices.Sorted(maps.Keys(values)) {
			secrets = append(secrets, describe(r, scope, name, values[name]))
		}
		answer(w, map[string]any{"secrets": secrets, "imports": []any{}})
	}
}

func (s *server) one(project string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		scope, values, ok := s.read(w, r, project)
		if !ok {
			return
		}
		name := r.PathValue("name")
		value, ok := values[name]
		if !ok {
			refuse(w, http.StatusNotFound, "NotFound", fmt.Sprintf("Secret with name '%s' not found", name))
			return
		}
		answer(w, map[string]any{"secret": describe(r, scope, name, value)})
	}
}

// read admits a request to a scope, or answers why not.
func (s *server) read(w http.ResponseWriter, r *http.Request, project string) (stacks.Scope, map[string]string, bool) {
	query := r.URL.Query()
	scope := stacks.Scope{Environment: query.Get("environment"), Path: cleanPath(query.Get("secretPath"))}
	token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	environment, ok := s.tokens.environment(token)
	switch {
	case !ok:
		refuse(w, http.StatusUnauthorized, "UnauthorizedError", "Token missing, invalid or expired")
		return scope, nil, false
	case query.Get(project) != Project:
		refuse(w, http.StatusNotFound, "NotFound", fmt.Sprintf("Project with ID '%s' not found", query.Get(project)))
		return scope, nil, false
	case scope.Environment != environment:
		refuse(w, http.StatusForbidden, "PermissionDenied",
			fmt.Sprintf("You are not allowed to read secrets in environment '%s'", scope.Environment))
		return scope, nil, false
	case query.Get("recursive") == "true":
		refuse(w, http.StatusBadRequest, "BadRequest", "The local stand-in reads one folder at a time: recursive must be false")
		return scope, nil, false
	}
	values, err := s.store.scope(scope)
	if errors.Is(err, ErrNotFound) {
		refuse(w, http.StatusNotFound, "NotFound",
			fmt.Sprintf("Folder with path '%s' in environment with slug '%s' not found", scope.Path, scope.Environment))
		return scope, nil, false
	}
	if err != nil {
		refuse(w, http.StatusInternalServerError, "InternalServerError", err.Error())
		return scope, nil, false
	}
	return scope, values, true
}

func describe(r *http.Request, scope stacks.Scope, name, value string) secret {
	hidden := r.URL.Query().Get("viewSecretValue") == "false"
	if hidden {
		value = hiddenMask
	}
	id := scope.Environment + ":" + scope.Path + ":" + name
	return secret{
		ID: id, LegacyID: id, Workspace: Project, Environment: scope.Environment, Version: 1, Type: "shared",
		SecretKey: name, SecretValue: value, SecretPath: scope.Path, Hidden: hidden,
		Metadata: []string{}, Tags: []string{},
	}
}

// cleanPath is a path as the store has it: no slash at the end, / for none.
func cleanPath(path string) string {
	return cmp.Or(strings.TrimRight(path, "/"), "/")
}
