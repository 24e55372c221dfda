package deployed

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"crane/internal/revision"
	"crane/internal/schema"
	"crane/stacks"
)

// script are the inputs that infra gives a WorkersScript.
type script struct {
	Name               string    `json:"name"`
	Content            string    `json:"content"`
	CompatibilityDate  string    `json:"compatibilityDate"`
	CompatibilityFlags []string  `json:"compatibilityFlags"`
	PlainTextBindings  []binding `json:"plainTextBindings"`
}

type binding struct {
	Name string `json:"name"`
	Text string `json:"text"`
}

// bundle is the digest of what was uploaded, as package bundle makes it. Of a
// script that was taken over nobody may know what that was.
func (s script) bundle() string {
	if s.Content == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(s.Content))
	return hex.EncodeToString(sum[:])
}

// revision is the binding that makes a Worker say what it is.
func (s script) revision() string {
	for _, b := range s.PlainTextBindings {
		if b.Name == revision.Binding {
			return b.Text
		}
	}
	return ""
}

func (s state) worker(name string) (Worker, error) {
	var up script
	var route struct {
		URL string `json:"url"`
	}
	var smoke struct{ Revision, VerifiedAt string }
	err := errors.Join(
		s.inputs(stacks.ScriptType, stacks.ScriptName(name), &up),
		s.outputs(routeType, name+"-route", &route),
		s.outputs(smokeType, name+"-smoke", &smoke),
	)
	w := Worker{
		Script: up.Name, Bundle: up.bundle(), Revision: up.revision(), URL: route.URL,
		CompatibilityDate: up.CompatibilityDate, CompatibilityFlags: up.CompatibilityFlags,
	}
	// A smoke test that was not reached still tells of the revision before.
	if smoke.VerifiedAt == "" || smoke.Revision != w.Revision || err != nil {
		return w, err
	}
	if w.VerifiedAt, err = time.Parse(time.RFC3339, smoke.VerifiedAt); err != nil {
		err = fmt.Errorf("%w: when %s was verified: %w", ErrState, name, err)
	}
	return w, err
}

// migrations are the outputs of a Migrations.
type migrations struct {
	Head     string            `json:"head"`
	Bookmark string            `json:"bookmark"`
	Applied  []Applied         `json:"applied"`
	Rows     map[string]string `json:"rows"`
	Schema   []object          `json:"schema"`
}

// object is a schema.Object.
type object struct{ Kind, Name, Table, SQL string }

func (s state) database(name string) (Database, error) {
	var d1 struct {
		Name string `json:"name"`
	}
	var m migrations
	err := errors.Join(
		s.inputs(stacks.DatabaseType, stacks.D1Name(name), &d1),
		s.outputs(migrationsType, name+"-migrations", &m),
	)
	return Database{
		Name: d1.Name, ID: s[key{stacks.DatabaseType, stacks.D1Name(name)}].ID,
		Head: m.Head, Bookmark: m.Bookmark, Applied: m.Applied, Rows: m.Rows, Schema: m.schema(),
	}, err
}

func (m migrations) schema() schema.Schema {
	if m.Schema == nil {
		return nil
	}
	objects := make([]schema.Object, len(m.Schema))
	for i, o := range m.Schema {
		objects[i] = schema.Object(o)
	}
	return schema.New(objects)
}
