package api

import (
	"fmt"
	"net/http"
	"slices"

	"crane/internal/local/store"
)

// deploymentBody is what wrangler sends to deploy or to roll back.
type deploymentBody struct {
	Strategy    string             `json:"strategy"`
	Versions    []deployedFraction `json:"versions"`
	Annotations map[string]string  `json:"annotations"`
}

type deployedFraction struct {
	VersionID  string  `json:"version_id"`
	Percentage float64 `json:"percentage"`
}

// postDeployment makes an uploaded version the active one.
func (s *server) postDeployment(r request) (any, error) {
	var body deploymentBody
	if err := r.decode(&body); err != nil {
		return nil, err
	}
	if len(body.Versions) != 1 || body.Versions[0].Percentage != 100 {
		return nil, malformed(fmt.Errorf("this server deploys one version at 100 percent"))
	}
	defer s.lock(r)()
	found, err := script(r)
	if err != nil {
		return nil, err
	}
	next, known := found.Version(body.Versions[0].VersionID)
	if !known {
		return nil, noVersion
	}
	if err := checkDeployment(r, found, next); err != nil {
		return nil, err
	}
	if err := s.promote(r, &found, next.ID, body.Annotations); err != nil {
		return nil, err
	}
	return deploymentObject(found.Deployments[len(found.Deployments)-1]), nil
}

// checkDeployment refuses a version whose databases or services are gone, and,
// without force, one that would bring back older secrets.
func checkDeployment(r request, found store.Script, next store.Version) error {
	if err := checkBindings(r, found.Name, next.Bindings); err != nil {
		return err
	}
	now, deployed := found.Active()
	if !deployed || next.Number > now.Number || r.URL.Query().Get("force") == "true" {
		return nil
	}
	for _, b := range now.Bindings {
		same := func(other store.Binding) bool { return other.Name == b.Name && other.Text == b.Text }
		if b.Type == secretText && !slices.ContainsFunc(next.Bindings, same) {
			return refuse(http.StatusBadRequest, 10220,
				"The following secrets have been modified since the version you want to deploy: %s", b.Name)
		}
	}
	return nil
}

// listDeployments answers all deployments, the newest first.
func (s *server) listDeployments(r request) (any, error) {
	found, err := script(r)
	if err != nil {
		return nil, err
	}
	all := []any{}
	for _, d := range slices.Backward(found.Deployments) {
		all = append(all, deploymentObject(d))
	}
	return map[string]any{"deployments": all}, nil
}

func (s *server) getDeployment(r request) (any, error) {
	found, err := script(r)
	if err != nil {
		return nil, err
	}
	for _, d := range found.Deployments {
		if d.ID == r.PathValue("deployment") {
			return deploymentObject(d), nil
		}
	}
	return nil, refuse(http.StatusNotFound, 10222, "The requested deployment does not exist.")
}

func deploymentObject(d store.Deployment) map[string]any {
	notes := d.Annotations
	if notes == nil {
		notes = map[string]string{}
	}
	return map[string]any{
		"id": d.ID, "source": d.Source, "strategy": "percentage", "author_email": userEmail,
		"created_on": stamp(d.CreatedOn), "annotations": notes,
		"versions": []deployedFraction{{d.VersionID, 100}},
	}
}
