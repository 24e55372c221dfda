package api

// getWorker is the newest form of a script, from which newer wranglers learn
// whether its route is on. The path has its name or its tag.
func (s *server) getWorker(r request) (any, error) {
	wanted := r.PathValue("name")
	for _, found := range r.Scripts.List() {
		if found.Name != wanted && found.Tag != wanted {
			continue
		}
		object := scriptSettingsObject(found)
		object["id"], object["name"], object["subdomain"] = found.Tag, found.Name, found.Route
		object["created_on"], object["updated_on"] = stamp(found.CreatedOn), stamp(found.ModifiedOn)
		return object, nil
	}
	return nil, noWorker
}
