package infisical

import (
	"maps"
	"slices"

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

// imported is a folder that another one takes in.
type imported struct {
	SecretPath  string   `json:"secretPath"`
	Environment string   `json:"environment"`
	Secrets     []secret `json:"secrets"`
}

// folder is what a scope holds, as somebody may see it.
type folder struct {
	scope  stacks.Scope
	values map[string]string
	hidden bool
}

// secrets are those of the folder, by name.
func (f folder) secrets() []secret {
	all := []secret{}
	for _, name := range slices.Sorted(maps.Keys(f.values)) {
		all = append(all, f.secret(name, f.values[name]))
	}
	return all
}

func (f folder) secret(name, value string) secret {
	if f.hidden {
		value = hiddenMask
	}
	id := f.scope.Environment + ":" + f.scope.Path + ":" + name
	return secret{
		ID: id, LegacyID: id, Workspace: Project, Environment: f.scope.Environment, Version: 1, Type: "shared",
		SecretKey: name, SecretValue: value, SecretPath: f.scope.Path, Hidden: f.hidden,
		Metadata: []string{}, Tags: []string{},
	}
}

// imports are the folders that a folder takes in, of its own environment: whoever
// sees the folder may read no other. One that is not there is left out.
func (s *server) imports(f folder) []imported {
	all := []imported{}
	for _, scope := range s.Imports[f.scope] {
		values, err := s.Store.scope(scope)
		if err != nil || scope.Environment != f.scope.Environment {
			continue
		}
		all = append(all, imported{scope.Path, scope.Environment, folder{scope, values, f.hidden}.secrets()})
	}
	return all
}
