// Package local assembles the local Cloudflare: one process on the loopback
// interface that is Cloudflare's API, the Workers runtime, and an Infisical with
// the issuer of GitHub's identity tokens beside it, with all its state in one
// folder.
package local

import (
	"fmt"
	"path/filepath"

	"crane/internal/hint"
	"crane/internal/local/issuer"
	"crane/internal/local/runtime"
	"crane/internal/project"
	"crane/stacks"
)

// Config is where the local Cloudflare listens and keeps its state.
type Config struct {
	// Dir holds all state.
	Dir string `json:"-"`
	// Workerd is the path of the workerd binary.
	Workerd string `json:"-"`
	// API is the address of Cloudflare's API, over TLS.
	API string `json:"api"`
	// Workers is the address under which scripts answer.
	Workers string `json:"workers"`
	// Infisical is the address of the secrets, and of the issuer beside them.
	Infisical string `json:"infisical"`
}

// Configure takes the addresses from staging's stack file, so that the server
// and its clients cannot disagree. It refuses when staging is not local.
func Configure(l project.Layout) (Config, error) {
	s, err := l.ReadSettings(stacks.Staging.Name)
	if err != nil {
		return Config{}, err
	}
	if !s.Local() || !stacks.Loopback(s.Domain) || !stacks.Loopback(s.InfisicalHost()) {
		return Config{}, hint.Wrap(fmt.Errorf("%w: Pulumi.staging.yaml points at %s", ErrNotLocal, s.APIHost),
			"use pulumi directly: this stack is live")
	}
	return Config{Dir: l.Local(), API: s.APIHost, Workers: s.Domain, Infisical: s.InfisicalHost()}, nil
}

// WithWorkerd adds the workerd that npm installed.
func (c Config) WithWorkerd(l project.Layout) (Config, error) {
	workerd, err := runtime.Locate(l.Root)
	c.Workerd = workerd
	return c, err
}

func (c Config) file(name string) string { return filepath.Join(c.Dir, name) }

// RequestLog is the file with one JSON line per request.
func (c Config) RequestLog() string { return c.file("requests.jsonl") }

// ServerLog is the file with what the server itself had to say.
func (c Config) ServerLog() string { return c.file("server.log") }

// Roots is a PEM file with the system's roots and the local authority.
func (c Config) Roots() string { return c.file("roots.pem") }

// Issuer is the address of the stand-in for GitHub's issuer of identity tokens.
func (c Config) Issuer() string { return "http://" + c.Infisical + issuer.Prefix }

// same reports whether two servers listen on the same addresses.
func (c Config) same(o Config) bool {
	return c.API == o.API && c.Workers == o.Workers && c.Infisical == o.Infisical
}
