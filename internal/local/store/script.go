package store

import (
	"encoding/json"
	"time"
)

// Script is the record of one Worker with all that belongs to it, so that one
// rename changes it as a whole.
type Script struct {
	Name       string    `json:"name"`
	Tag        string    `json:"tag"`
	CreatedOn  time.Time `json:"created_on"`
	ModifiedOn time.Time `json:"modified_on"`
	// Versions and Deployments are oldest first; the last deployment is the
	// active one.
	Versions    []Version    `json:"versions"`
	Deployments []Deployment `json:"deployments"`
	// NextNumber is the number that the next version gets.
	NextNumber int        `json:"next_number"`
	Schedules  []Schedule `json:"schedules,omitempty"`
	Route      Route      `json:"route"`
	Settings   Settings   `json:"settings"`
}

// Version is one upload: contents, bindings and compatibility settings.
type Version struct {
	ID                 string            `json:"id"`
	Number             int               `json:"number"`
	CreatedOn          time.Time         `json:"created_on"`
	Source             string            `json:"source"`
	Etag               string            `json:"etag"`
	Main               string            `json:"main"`
	Modules            []Module          `json:"modules"`
	Bindings           []Binding         `json:"bindings"`
	CompatibilityDate  string            `json:"compatibility_date,omitempty"`
	CompatibilityFlags []string          `json:"compatibility_flags,omitempty"`
	UsageModel         string            `json:"usage_model,omitempty"`
	Annotations        map[string]string `json:"annotations,omitempty"`
	// StartupMS is how long the first run took, in milliseconds.
	StartupMS int `json:"startup_ms"`
}

// Module is one file of a version. Type is esm, cjs, text, json, wasm or data.
type Module struct {
	Name   string `json:"name"`
	Type   string `json:"type"`
	SHA256 string `json:"sha256"`
	Size   int    `json:"size"`
}

// Binding is one name in a Worker's env. Type is plain_text or secret_text
// (with Text), json (JSON), d1 (DatabaseID) or service (Service, Environment).
type Binding struct {
	Name        string          `json:"name"`
	Type        string          `json:"type"`
	Text        string          `json:"text,omitempty"`
	JSON        json.RawMessage `json:"json,omitempty"`
	DatabaseID  string          `json:"database_id,omitempty"`
	Service     string          `json:"service,omitempty"`
	Environment string          `json:"environment,omitempty"`
}

// Deployment makes a version the one that answers.
type Deployment struct {
	ID          string            `json:"id"`
	VersionID   string            `json:"version_id"`
	Source      string            `json:"source"`
	CreatedOn   time.Time         `json:"created_on"`
	Annotations map[string]string `json:"annotations,omitempty"`
}

// Schedule is one cron trigger.
type Schedule struct {
	Cron       string    `json:"cron"`
	CreatedOn  time.Time `json:"created_on"`
	ModifiedOn time.Time `json:"modified_on"`
}

// Route tells whether the script answers at its own host name.
type Route struct {
	Enabled         bool `json:"enabled"`
	PreviewsEnabled bool `json:"previews_enabled"`
}

// Settings belong to the script and not to a version. The raw ones are kept as
// they were sent.
type Settings struct {
	Logpush       bool            `json:"logpush"`
	Tags          []string        `json:"tags,omitempty"`
	Observability json.RawMessage `json:"observability,omitempty"`
	TailConsumers json.RawMessage `json:"tail_consumers,omitempty"`
	Placement     json.RawMessage `json:"placement,omitempty"`
}

// Version finds a version by its id.
func (s Script) Version(id string) (Version, bool) {
	for _, v := range s.Versions {
		if v.ID == id {
			return v, true
		}
	}
	return Version{}, false
}

// Active is the version that answers requests; there is none before the first
// deployment.
func (s Script) Active() (Version, bool) {
	if len(s.Deployments) == 0 {
		return Version{}, false
	}
	return s.Version(s.Deployments[len(s.Deployments)-1].VersionID)
}

// Latest is the version that was uploaded last.
func (s Script) Latest() (Version, bool) {
	if len(s.Versions) == 0 {
		return Version{}, false
	}
	return s.Versions[len(s.Versions)-1], true
}
