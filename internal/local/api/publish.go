package api

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
	"time"

	"github.com/google/uuid"

	"crane/internal/local/runtime"
	"crane/internal/local/store"
)

// firstCompatibility is the date of a script that was uploaded without one:
// https://developers.cloudflare.com/workers/configuration/compatibility-dates/
const firstCompatibility = "2021-11-02"

// keptVersions is how many versions of a script can be rolled back to.
const keptVersions = 100

// draft is a version that is not in the store yet.
type draft struct {
	version store.Version
	modules []runtime.Module
}

// newDraft gives an upload its identity.
func (s *server) newDraft(r request, u upload, resolved []store.Binding) draft {
	return draft{modules: u.modules, version: store.Version{
		ID: uuid.NewString(), CreatedOn: s.now(), Etag: etag(u.modules), Source: client(r),
		Main: u.metadata.MainModule, Bindings: resolved,
		CompatibilityDate: u.metadata.CompatibilityDate, CompatibilityFlags: u.metadata.CompatibilityFlags,
		UsageModel: cmp.Or(u.metadata.UsageModel, "standard"), Annotations: u.metadata.Annotations,
	}}
}

// redraft is a new version with an old one's modules.
func (s *server) redraft(old store.Version) (draft, error) {
	modules, err := s.modules(old)
	old.ID, old.CreatedOn, old.Annotations = uuid.NewString(), s.now(), nil
	return draft{version: old, modules: modules}, err
}

// save tries the draft out, keeps its modules and adds it to the script. The
// version exists from the moment at which keep has written the script's record.
func (s *server) save(r request, script *store.Script, d draft) error {
	startup, err := s.Runtime.Check(r.Context(), s.runnable(r.account.ID, script.Name, d.version, d.modules))
	if err != nil {
		return asStart(err)
	}
	d.version.StartupMS = int(max(startup.Milliseconds(), 1))
	d.version.Modules = nil
	for _, m := range d.modules {
		sum, err := s.Store.PutBlob(m.Content)
		if err != nil {
			return err
		}
		d.version.Modules = append(d.version.Modules, store.Module{Name: m.Name, Type: m.Type, SHA256: sum, Size: len(m.Content)})
	}
	script.NextNumber++
	d.version.Number = script.NextNumber
	script.Versions = append(script.Versions, d.version)
	script.ModifiedOn = d.version.CreatedOn
	return nil
}

// promote makes a version the one that answers: in the record, then in the
// runtime.
func (s *server) promote(r request, script *store.Script, versionID string, notes map[string]string) error {
	script.Deployments = append(script.Deployments, store.Deployment{
		ID: uuid.NewString(), VersionID: versionID, Source: client(r), CreatedOn: s.now(), Annotations: notes,
	})
	if err := s.keep(r, script); err != nil {
		return err
	}
	return s.deploy(r.account.ID, *script)
}

// keep writes the record, without the versions that are too old.
func (s *server) keep(r request, script *store.Script) error {
	active, _ := script.Active()
	old := max(0, len(script.Versions)-keptVersions)
	var kept []store.Version
	for i, v := range script.Versions {
		if i >= old || v.ID == active.ID {
			kept = append(kept, v)
		}
	}
	script.Versions = kept
	script.Deployments = script.Deployments[max(0, len(script.Deployments)-keptVersions):]
	return r.Scripts.Put(script.Name, *script)
}

// deploy gives the active version and the route to the runtime.
func (s *server) deploy(accountID string, script store.Script) error {
	active, found := script.Active()
	if !found {
		return nil
	}
	modules, err := s.modules(active)
	if err != nil {
		return err
	}
	s.Runtime.Deploy(s.runnable(accountID, script.Name, active, modules))
	s.Runtime.SetRoute(accountID, script.Name, script.Route.Enabled)
	return nil
}

// modules reads a version's modules.
func (s *server) modules(v store.Version) ([]runtime.Module, error) {
	var all []runtime.Module
	for _, m := range v.Modules {
		content, err := s.Store.Blob(m.SHA256)
		if err != nil {
			return nil, err
		}
		all = append(all, runtime.Module{Name: m.Name, Type: m.Type, Content: content})
	}
	return all, nil
}

// runnable is a version as the runtime takes it.
func (s *server) runnable(accountID, name string, v store.Version, modules []runtime.Module) runtime.Script {
	script := runtime.Script{
		Account: accountID, Name: name, Version: v.ID, Main: v.Main, Modules: modules,
		CompatibilityDate: cmp.Or(v.CompatibilityDate, firstCompatibility), CompatibilityFlags: v.CompatibilityFlags,
	}
	for _, b := range v.Bindings {
		script.Bindings = append(script.Bindings, runtime.Binding{
			Name: b.Name, Type: b.Type, Text: b.Text, JSON: b.JSON, DatabaseID: b.DatabaseID, Service: b.Service,
		})
	}
	return script
}

// asStart gives the runtime's refusal of a script the form it has in
// Cloudflare's answers.
func asStart(err error) error {
	var start *runtime.StartError
	switch {
	case errors.As(err, &start):
		return invalid("%s", start.Message)
	case errors.Is(err, runtime.ErrUnsupported):
		return invalid("%v", err)
	}
	return err
}

// etag is a digest of all modules.
func etag(modules []runtime.Module) string {
	sum := sha256.New()
	for _, m := range modules {
		one := sha256.Sum256(m.Content)
		_, _ = sum.Write([]byte(m.Name + "\x00" + m.Type + "\x00")) // a hash takes everything
		_, _ = sum.Write(one[:])
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// stamp is a time as Cloudflare writes it: RFC 3339 with microseconds.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000Z") }

// plainID is a UUID without its hyphens.
func plainID(id string) string { return strings.ReplaceAll(id, "-", "") }

// client is the program that sent a request, as Cloudflare names it.
func client(r request) string {
	agent := strings.ToLower(r.UserAgent())
	for _, known := range []string{"wrangler", "pulumi", "terraform"} {
		if strings.Contains(agent, known) {
			return known
		}
	}
	return "api"
}
