package project

import (
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"

	"gopkg.in/yaml.v3"

	"crane/internal/hint"
	"crane/stacks"
)

// Settings are what a stack file says of the world that the stack lives in.
type Settings struct {
	// APIHost is the host, and port if any, of Cloudflare's API.
	APIHost string
	// AccountID is the Cloudflare account.
	AccountID string
	// Domain is the domain under which scripts answer.
	Domain string
	// Secrets is the source of the secrets; empty means Infisical.
	Secrets string
	// Infisical is the address secrets come from, if they come from Infisical.
	Infisical string
	// InfisicalProject, InfisicalClient and InfisicalIdentity are the project and
	// the identity that reads it, by Universal Auth or by OIDC.
	InfisicalProject, InfisicalClient, InfisicalIdentity string
}

// Local reports whether the stack lives on the local Cloudflare.
func (s Settings) Local() bool { return stacks.Loopback(s.APIHost) }

// InfisicalHost is the host and port of Infisical's address.
func (s Settings) InfisicalHost() string {
	u, err := url.Parse(s.Infisical)
	if err != nil {
		return ""
	}
	return u.Host
}

// ReadSettings reads a stack file without Pulumi, so that the command line can
// say where a stack points in microseconds.
func (l Layout) ReadSettings(stack string) (Settings, error) {
	path := l.StackFile(stack)
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return Settings{}, hint.Wrap(fmt.Errorf("%w: there is no %s", ErrNoStackFile, filepath.Base(path)),
			"git checkout "+filepath.Base(path))
	}
	if err != nil {
		return Settings{}, err
	}
	return parseSettings(filepath.Base(path), text)
}

func parseSettings(name string, text []byte) (Settings, error) {
	var file struct {
		Config map[string]any `yaml:"config"`
	}
	if err := yaml.Unmarshal(text, &file); err != nil {
		return Settings{}, fmt.Errorf("%w: %s: %w", ErrMalformed, name, err)
	}
	read := reader{file: name, values: file.Config}
	s := Settings{
		APIHost:   read.text("cloudflare:apiHostname"),
		AccountID: read.text("crane:accountId"),
		Domain:    read.text("crane:domain"),

		Secrets:           read.optional("crane:secrets"),
		Infisical:         read.optional("crane:infisical"),
		InfisicalProject:  read.optional("crane:infisicalProject"),
		InfisicalClient:   read.optional("crane:infisicalClient"),
		InfisicalIdentity: read.optional("crane:infisicalIdentity"),
	}
	return s, errors.Join(read.problems...)
}

type reader struct {
	file     string
	values   map[string]any
	problems []error
}

// optional reads a string that may be left out.
func (r *reader) optional(key string) string {
	if r.values[key] == nil {
		return ""
	}
	return r.text(key)
}

// text reads a required string and remembers what is wrong, so that all
// problems of a file are told at once.
func (r *reader) text(key string) string {
	value, ok := r.values[key].(string)
	if !ok || value == "" {
		r.problems = append(r.problems, fmt.Errorf("%w: %s: %s is missing or is not text", ErrMalformed, r.file, key))
	}
	return value
}
