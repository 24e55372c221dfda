package api

// getAccountSubdomain answers the account's name under workers.dev.
func (s *server) getAccountSubdomain(r request) (any, error) {
	return map[string]any{"subdomain": r.account.Subdomain}, nil
}

func (s *server) getRoute(r request) (any, error) {
	found, err := script(r)
	if err != nil {
		return nil, err
	}
	return found.Route, nil
}

// setRoute turns the script's own host name on or off.
func (s *server) setRoute(r request) (any, error) {
	var body struct {
		Enabled         bool  `json:"enabled"`
		PreviewsEnabled *bool `json:"previews_enabled"`
	}
	if err := r.decode(&body); err != nil {
		return nil, err
	}
	return s.route(r, body.Enabled, body.PreviewsEnabled)
}

func (s *server) deleteRoute(r request) (any, error) {
	off := false
	return s.route(r, false, &off)
}

func (s *server) route(r request, enabled bool, previews *bool) (any, error) {
	defer s.lock(r)()
	found, err := script(r)
	if err != nil {
		return nil, err
	}
	found.Route.Enabled = enabled
	if previews != nil {
		found.Route.PreviewsEnabled = *previews
	}
	if err := r.Scripts.Put(found.Name, found); err != nil {
		return nil, err
	}
	s.Runtime.SetRoute(r.account.ID, found.Name, enabled)
	return found.Route, nil
}
