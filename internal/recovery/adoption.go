package recovery

import (
	"context"
	"encoding/json"

	"crane/stacks"
)

// Cloudflare lists what an account has.
type Cloudflare interface {
	// Databases are the ids of all databases, by name.
	Databases(ctx context.Context, account string) (map[string]string, error)
	// Scripts are the names of all scripts.
	Scripts(ctx context.Context, account string) (map[string]bool, error)
}

// Found is an object that exists and that the state lacks.
type Found struct {
	stacks.Resource
	// ID is what Pulumi imports it by.
	ID string
}

// Find asks Cloudflare, of the resources that the state lacks, whose objects exist
// nevertheless: one list of databases and one of scripts, however many there are.
func Find(ctx context.Context, c Cloudflare, account string, lacking []stacks.Resource) ([]Found, error) {
	ids, err := exist(ctx, c, account, lacking)
	if err != nil {
		return nil, err
	}
	var out []Found
	for _, r := range lacking {
		if id := ids[r.Type][r.Object]; id != "" {
			out = append(out, Found{r, account + "/" + id})
		}
	}
	return out, nil
}

// exist lists what there is, by type and name, of the types that are lacking.
func exist(ctx context.Context, c Cloudflare, account string, lacking []stacks.Resource) (map[string]map[string]string, error) {
	ids := map[string]map[string]string{}
	for _, r := range lacking {
		if ids[r.Type] != nil {
			continue
		}
		list := databases
		if r.Type != stacks.DatabaseType {
			list = scripts
		}
		found, err := list(ctx, c, account)
		if err != nil {
			return nil, err
		}
		ids[r.Type] = found
	}
	return ids, nil
}

func databases(ctx context.Context, c Cloudflare, account string) (map[string]string, error) {
	return c.Databases(ctx, account)
}

// scripts have their names for ids.
func scripts(ctx context.Context, c Cloudflare, account string) (map[string]string, error) {
	found, err := c.Scripts(ctx, account)
	ids := map[string]string{}
	for name := range found {
		ids[name] = name
	}
	return ids, err
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
