package main

import (
	"testing"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/integration"
	"github.com/pulumi/pulumi/sdk/v3/go/property"
	"github.com/stretchr/testify/require"

	"crane/internal/local/account"
)

const (
	route     = "Route"
	localhost = "localhost:7702"
	script    = "/workers/scripts/watch-staging/subdomain"
)

func watchAt(domain string) property.Map {
	return properties(map[string]any{"accountId": account.Staging.ID, "script": "watch-staging", "domain": domain})
}

func TestRouteLifeCycle(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	integration.LifeCycleTest{
		Resource: urn(route).Type(),
		Create: integration.Operation{
			Inputs: watchAt(localhost),
			Hook: func(_, output property.Map) {
				require.True(t, s.route)
				require.Equal(t, []string{"POST " + script}, s.asked())
				require.Equal(t, "http://watch-staging.localhost:7702", output.Get("url").AsString())
			},
		},
		Updates: []integration.Operation{{
			Inputs: watchAt(account.Staging.Subdomain + ".workers.dev"),
			Hook: func(_, output property.Map) {
				require.Equal(t, []string{"GET /workers/subdomain"}, s.asked())
				require.Equal(t, "https://watch-staging.crane-local-staging.workers.dev", output.Get("url").AsString())
			},
		}},
	}.Run(t, s)
	require.Equal(t, []string{"DELETE " + script}, s.asked())
	require.False(t, s.route)
}

func TestRouteDiff(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	state := s.created(route, watchAt(localhost))
	for name, c := range map[string]struct {
		inputs property.Map
		kind   p.DiffKind
	}{
		"":          {watchAt(localhost), ""},
		"domain":    {watchAt("localhost:1"), p.Update},
		"script":    {watchAt(localhost).Set("script", property.New("other")), p.UpdateReplace},
		"accountId": {watchAt(localhost).Set("accountId", property.New("other")), p.UpdateReplace},
	} {
		diff, err := s.diff(route, state, c.inputs)
		require.NoError(t, err)
		require.Equal(t, name != "", diff.HasChanges, name)
		require.Equal(t, c.kind, diff.DetailedDiff[name].Kind, name)
		require.True(t, diff.DeleteBeforeReplace)
	}
}

func TestRoutePreviewSendsNothingAndKnowsTheURL(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	created, err := s.Create(p.CreateRequest{Urn: urn(route), Properties: s.checked(route, watchAt(localhost)), DryRun: true})
	require.NoError(t, err)
	require.Equal(t, "http://watch-staging.localhost:7702", created.Properties.Get("url").AsString())

	unknown := s.checked(route, watchAt(localhost).Set("script", property.New(property.Computed)))
	created, err = s.Create(p.CreateRequest{Urn: urn(route), Properties: unknown, DryRun: true})
	require.NoError(t, err)
	require.True(t, created.Properties.Get("url").IsComputed())
	require.Empty(t, s.asked())
	require.False(t, s.route)
}

func TestRouteRefusesSomebodyElsesDomain(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	_, err := s.Create(p.CreateRequest{Urn: urn(route), Properties: s.checked(route, watchAt("mallory.workers.dev"))})
	require.ErrorIs(t, err, ErrDomain)
	require.ErrorContains(t, err, "domain is mallory.workers.dev, but account "+account.Staging.ID+
		" has crane-local-staging.workers.dev; the route was not changed\nhint: set crane:domain to crane-local-staging.workers.dev")
	require.False(t, s.route)
	require.Equal(t, []string{"GET /workers/subdomain"}, s.asked())
}

func TestRouteRefusesALocalDomainForTheRealAPI(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.Server = s.serve("", account.Staging.Token, nil)
	require.Equal(t, "domain: domain localhost:7702 is this machine, but the Cloudflare API at api.cloudflare.com is not"+
		"\nhint: set crane:domain to the account's own, <subdomain>.workers.dev", s.refused(route, watchAt(localhost)))
}

func TestRouteDrift(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	state := s.created(route, watchAt(localhost))
	request := p.ReadRequest{ID: state.ID, Urn: urn(route), Properties: state.Properties, Inputs: watchAt(localhost)}
	read, err := s.Read(request)
	require.NoError(t, err)
	require.Equal(t, state.Properties, read.Properties)

	s.route = false
	read, err = s.Read(request)
	require.NoError(t, err)
	require.Empty(t, read.ID)

	s.route, s.gone = true, true
	read, err = s.Read(request)
	require.NoError(t, err)
	require.Empty(t, read.ID)
	require.NoError(t, s.Delete(p.DeleteRequest{ID: state.ID, Urn: urn(route), Properties: state.Properties}))
}
