// Package api is the local Cloudflare's HTTP API: the part of
// https://developers.cloudflare.com/api that the Pulumi and Terraform
// providers, wrangler and the Go SDK use for Workers and D1. Each resource has
// its file; what is not here answers as an unknown route.
package api

import (
	"fmt"
	"net/http"
	"time"

	"crane/internal/hint"
	"crane/internal/local/account"
	"crane/internal/local/store"
)

// Prefix is the path under which the API lives.
const Prefix = "/client/v4"

// Config is what the API works on.
type Config struct {
	Store    *store.Store
	Runtime  Runtime
	Accounts []account.Account
	// Now is the clock; nil is the machine's.
	Now func() time.Time
}

// server answers the API's requests.
type server struct {
	Config
	locks   locks
	dumps   dumps
	uploads uploads
	imports imports
}

// New deploys every stored script to the runtime and returns the API. The
// error is a stored script that can no longer be read.
func New(c Config) (http.Handler, error) {
	if c.Now == nil {
		c.Now = time.Now
	}
	s := &server{Config: c}
	for _, a := range c.Accounts {
		if err := s.restore(a); err != nil {
			return nil, err
		}
	}
	return s.routes(), nil
}

// restore brings an account's scripts back after a restart.
func (s *server) restore(a account.Account) error {
	records, err := s.Store.Account(a.ID)
	if err != nil {
		return err
	}
	for _, script := range records.Scripts.List() {
		if err := s.deploy(a.ID, script); err != nil {
			return hint.Wrap(fmt.Errorf("script %s of account %s: %w", script.Name, a.ID, err), "crane local reset")
		}
	}
	return nil
}

// now is the clock's time as records keep it: UTC, in whole microseconds.
func (s *server) now() time.Time { return s.Now().UTC().Truncate(time.Microsecond) }
