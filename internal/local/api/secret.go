package api

import (
	"net/http"
	"slices"

	"crane/internal/local/store"
)

const secretText = "secret_text"

// listSecrets answers names and types, never a text.
func (s *server) listSecrets(r request) (any, error) {
	_, version, err := active(r)
	if err != nil {
		return nil, err
	}
	all := []any{}
	for _, b := range version.Bindings {
		if b.Type == secretText {
			all = append(all, plainView.one(b))
		}
	}
	return onePage(all), nil
}

func (s *server) getSecret(r request) (any, error) {
	_, version, err := active(r)
	if err != nil {
		return nil, err
	}
	i, err := secretIndex(version.Bindings, r.PathValue("secret"))
	if err != nil {
		return nil, err
	}
	return plainView.one(version.Bindings[i]), nil
}

// putSecret is a new version that differs in one secret.
func (s *server) putSecret(r request) (any, error) {
	var body bindingSpec
	if err := r.decode(&body); err != nil {
		return nil, err
	}
	body.Type = secretText
	if body.Name == "" {
		return nil, invalid("a secret has to have a name")
	}
	secret, err := body.stored()
	if err != nil {
		return nil, err
	}
	err = s.rebind(r, func(all []store.Binding) ([]store.Binding, error) {
		i := slices.IndexFunc(all, func(b store.Binding) bool { return b.Name == secret.Name })
		switch {
		case i < 0:
			return append(all, secret), nil
		case all[i].Type != secretText:
			return nil, nameInUse(secret.Name)
		}
		all[i] = secret
		return all, nil
	})
	return plainView.one(secret), err
}

func (s *server) deleteSecret(r request) (any, error) {
	return nil, s.rebind(r, func(all []store.Binding) ([]store.Binding, error) {
		i, err := secretIndex(all, r.PathValue("secret"))
		if err != nil {
			return nil, err
		}
		return slices.Delete(all, i, i+1), nil
	})
}

func secretIndex(all []store.Binding, name string) (int, error) {
	i := slices.IndexFunc(all, func(b store.Binding) bool { return b.Name == name && b.Type == secretText })
	if i < 0 {
		return i, refuse(http.StatusNotFound, 10056, "Binding '%s' not found.", name)
	}
	return i, nil
}

// rebind deploys the active version anew with other bindings.
func (s *server) rebind(r request, change func([]store.Binding) ([]store.Binding, error)) error {
	defer s.lock(r)()
	found, version, err := current(r, 10215, "Secret edit failed.")
	if err != nil {
		return err
	}
	d, err := s.redraft(version)
	if err != nil {
		return err
	}
	if d.version.Bindings, err = change(slices.Clone(version.Bindings)); err != nil {
		return err
	}
	if err := checkBindings(r, found.Name, d.version.Bindings); err != nil {
		return err
	}
	if err := s.save(r, &found, d); err != nil {
		return err
	}
	return s.promote(r, &found, d.version.ID, nil)
}

// current is the script whose active version is also its latest one. An edit
// of any other would lose or deploy what was uploaded since.
func current(r request, code int, what string) (store.Script, store.Version, error) {
	found, version, err := active(r)
	if err != nil {
		return found, version, err
	}
	if latest, _ := found.Latest(); latest.ID != version.ID {
		return found, version, refuse(http.StatusBadRequest, code,
			"%s You attempted to modify the Worker, but its latest version isn't currently deployed.", what)
	}
	return found, version, nil
}
