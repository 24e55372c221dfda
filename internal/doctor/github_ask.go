package doctor

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/google/go-github/v88/github"
)

func (g *GitHub) repo(ctx context.Context) (*github.Repository, error) {
	return g.repository.get(func() (*github.Repository, error) {
		r, _, err := g.client.Repositories.Get(ctx, g.owner, g.name)
		return r, failed(err)
	})
}

// org is the owner, when it is an organization. Its plan is there for its own
// owners only.
func (g *GitHub) org(ctx context.Context) (*github.Organization, error) {
	return g.organization.get(func() (*github.Organization, error) {
		o, _, err := g.client.Organizations.Get(ctx, g.owner)
		return o, failed(err)
	})
}

// environment is errAbsent only when all environments could be listed: GitHub
// also answers 404 for what the token may not see.
func (g *GitHub) environment(ctx context.Context, name string) (*github.Environment, error) {
	listed, err := g.names(ctx)
	if err != nil {
		return nil, err
	}
	if !listed[strings.ToLower(name)] {
		return nil, errAbsent
	}
	return g.environments.get(name, func() (*github.Environment, error) {
		e, _, err := g.client.Repositories.GetEnvironment(ctx, g.owner, g.name, url.PathEscape(name))
		return e, failed(err)
	})
}

func (g *GitHub) names(ctx context.Context) (map[string]bool, error) {
	return g.listed.get(func() (map[string]bool, error) {
		names := map[string]bool{}
		o := &github.EnvironmentListOptions{ListOptions: github.ListOptions{PerPage: 100}}
		for {
			page, response, err := g.client.Repositories.ListEnvironments(ctx, g.owner, g.name, o)
			if err != nil {
				return nil, failed(err)
			}
			if page.TotalCount == nil {
				return nil, errAnswer
			}
			for _, e := range page.Environments {
				names[strings.ToLower(e.GetName())] = true
			}
			if o.Page = response.NextPage; o.Page == 0 {
				return names, nil
			}
		}
	})
}

// secrets are the names of the Actions secrets under a path of the repository's.
func (g *GitHub) secrets(ctx context.Context, path string) ([]string, error) {
	var listed struct {
		Total   *int `json:"total_count"`
		Secrets []struct {
			Name string `json:"name"`
		} `json:"secrets"`
	}
	if err := g.get(ctx, path+"?per_page=100", &listed); err != nil {
		return nil, err
	}
	if listed.Total == nil || *listed.Total > 0 && len(listed.Secrets) == 0 {
		return nil, errAnswer
	}
	var names []string
	for _, s := range listed.Secrets {
		names = append(names, s.Name)
	}
	return names, nil
}

// get reads what the client library has no method for.
func (g *GitHub) get(ctx context.Context, path string, into any) error {
	request, err := g.client.NewRequest(ctx, http.MethodGet, fmt.Sprintf("repos/%s/%s/%s", g.owner, g.name, path), nil)
	if err != nil {
		return err
	}
	_, err = g.client.Do(request, into)
	return failed(err)
}
