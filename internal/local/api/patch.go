package api

import (
	"errors"

	"crane/internal/local/store"
)

// settingsPatch is the part `settings`; what is not sent stays.
type settingsPatch struct {
	Bindings           *[]bindingSpec `json:"bindings"`
	CompatibilityDate  *string        `json:"compatibility_date"`
	CompatibilityFlags *[]string      `json:"compatibility_flags"`
	scriptSettings
}

// patchSettings is a new version with the active one's modules. Bindings, when
// sent, are all there are.
func (s *server) patchSettings(r request) (any, error) {
	patch, err := readPatch(r)
	if err != nil {
		return nil, err
	}
	defer s.lock(r)()
	found, version, err := current(r, 10214, "Settings edit failed.")
	if err != nil {
		return nil, err
	}
	d, err := s.redraft(version)
	if err != nil {
		return nil, err
	}
	if err := patch.change(&d.version); err != nil {
		return nil, err
	}
	if err := checkBindings(r, found.Name, d.version.Bindings); err != nil {
		return nil, err
	}
	if err := s.save(r, &found, d); err != nil {
		return nil, err
	}
	patch.scriptSettings.apply(&found.Settings)
	if err := s.promote(r, &found, d.version.ID, nil); err != nil {
		return nil, err
	}
	return settingsObject(found, d.version), nil
}

func readPatch(r request) (patch settingsPatch, err error) {
	parts, err := multiparts(r)
	if err != nil {
		return patch, err
	}
	for _, p := range parts {
		if p.name == "settings" {
			return patch, parse(p.content, &patch)
		}
	}
	return patch, malformed(errors.New("there is no part settings"))
}

func (p settingsPatch) change(v *store.Version) (err error) {
	if p.CompatibilityDate != nil {
		v.CompatibilityDate = *p.CompatibilityDate
	}
	if p.CompatibilityFlags != nil {
		v.CompatibilityFlags = *p.CompatibilityFlags
	}
	if p.Bindings != nil {
		v.Bindings, err = bindings{specs: inheritBare(*p.Bindings), before: v.Bindings, strict: true}.resolve()
	}
	return err
}

// inheritBare takes a binding of which only name and type were sent for the
// one there is: wrangler's `secret bulk` names the others so.
func inheritBare(specs []bindingSpec) []bindingSpec {
	for i, spec := range specs {
		if spec.bare() {
			specs[i].Type = "inherit"
		}
	}
	return specs
}
