package api

import (
	"slices"

	"crane/internal/local/store"
)

// postVersion uploads a version without deploying it.
func (s *server) postVersion(r request) (any, error) {
	u, err := readUpload(r)
	if err != nil {
		return nil, err
	}
	defer s.lock(r)()
	found, err := script(r)
	if err != nil {
		return nil, err
	}
	d, err := s.draftOf(r, found, u)
	if err != nil {
		return nil, err
	}
	if err := s.save(r, &found, d); err != nil {
		return nil, err
	}
	if err := s.keep(r, &found); err != nil {
		return nil, err
	}
	latest, _ := found.Latest()
	return versionObject(latest), nil
}

// listVersions answers all versions, the newest first.
func (s *server) listVersions(r request) (any, error) {
	found, err := script(r)
	if err != nil {
		return nil, err
	}
	items := []any{}
	for _, v := range slices.Backward(found.Versions) {
		items = append(items, versionSummary(v))
	}
	list := onePage(items)
	list.items = map[string]any{"items": items}
	return list, nil
}

func (s *server) getVersion(r request) (any, error) {
	found, err := script(r)
	if err != nil {
		return nil, err
	}
	v, known := found.Version(r.PathValue("version"))
	if !known {
		return nil, noVersion
	}
	return versionObject(v), nil
}

func versionSummary(v store.Version) map[string]any {
	notes := v.Annotations
	if notes == nil {
		notes = map[string]string{}
	}
	return map[string]any{
		"id": v.ID, "number": v.Number, "annotations": notes,
		"metadata": map[string]any{
			"author_email": userEmail, "author_id": userID, "source": v.Source, "has_preview": false,
			"created_on": stamp(v.CreatedOn), "modified_on": stamp(v.CreatedOn),
		},
	}
}

func versionObject(v store.Version) map[string]any {
	shown := versionSummary(v)
	shown["startup_time_ms"] = v.StartupMS
	shown["resources"] = map[string]any{
		"bindings": fullView.all(v.Bindings),
		"script":   map[string]any{"etag": v.Etag, "handlers": []string{}, "last_deployed_from": v.Source},
		"script_runtime": map[string]any{
			"compatibility_date": v.CompatibilityDate, "compatibility_flags": texts(v.CompatibilityFlags), "usage_model": v.UsageModel,
		},
	}
	return shown
}
