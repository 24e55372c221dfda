package recovery

import (
	"context"
	"encoding/json"

	"crane/stacks"
)

// Cloudflare finds objects by their names.
type Cloudflare interface {
	// FindDatabase is the id of a database, empty when there is none.
	FindDatabase(ctx context.Context, account, name string) (string, error)
	// ScriptExists reports whether a script has been uploaded.
	ScriptExists(ctx context.Context, account, script string) (bool, error)
}

// Found is an object that exists and that the state lacks.
type Found struct {
	stacks.Resource
	// ID is what Pulumi imports it by.
	ID string
}

// Find asks Cloudflare, for each resource that the state lacks, whether its
// object exists nevertheless.
func Find(ctx context.Context, c Cloudflare, account string, lacking []stacks.Resource) ([]Found, error) {
	var out []Found
	for _, r := range lacking {
		id, err := identify(ctx, c, account, r)
		if err != nil {
			return nil, err
		}
		if id != "" {
			out = append(out, Found{r, account + "/" + id})
		}
	}
	return out, nil
}

func identify(ctx context.Context, c Cloudflare, account string, r stacks.Resource) (string, error) {
	if r.Type == stacks.DatabaseType {
		return c.FindDatabase(ctx, account, r.Object)
	}
	exists, err := c.ScriptExists(ctx, account, r.Object)
	if !exists {
		return "", err
	}
	return r.Object, nil
}

// importFile is the form that `pulumi import --file` reads, see
// https://www.pulumi.com/docs/iac/cli/commands/pulumi_import/.
type importFile struct {
	NameTable map[string]string `json:"nameTable"`
	Resources []importSpec      `json:"resources"`
}

type importSpec struct {
	Type string `json:"type"`
	Name string `json:"name"`
	// LogicalName is the resource's name; Name only has to be unique in the file.
	LogicalName string `json:"logicalName"`
	ID          string `json:"id,omitempty"`
	Parent      string `json:"parent,omitempty"`
	Version     string `json:"version,omitempty"`
	Component   bool   `json:"component,omitempty"`
}

// ImportFile is what makes Pulumi take the objects over, each under its
// component, which is made where the state lacks it too. version is the
// Cloudflare plugin's, so that no second default provider comes to be.
func ImportFile(s *State, found []Found, version string) ([]byte, error) {
	file := importFile{NameTable: map[string]string{}}
	for _, f := range found {
		parent := "component-" + f.Name
		if urn, ok := s.urn(f.ComponentType, f.Component); ok {
			file.NameTable[parent] = urn
		} else {
			file.Resources = append(file.Resources, importSpec{
				Type: f.ComponentType, Name: parent, LogicalName: f.Component, Component: true,
			})
		}
		file.Resources = append(file.Resources, importSpec{
			Type: f.Type, Name: f.Name, LogicalName: f.Name, ID: f.ID, Parent: parent, Version: version,
		})
	}
	return json.Marshal(file)
}
