package main

import (
	"encoding/json"
	"testing"

	p "github.com/pulumi/pulumi-go-provider"
	presource "github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/property"
	"github.com/stretchr/testify/require"
)

func TestSchema(t *testing.T) {
	t.Parallel()
	got, err := newStage(t).GetSchema(p.GetSchemaRequest{})
	require.NoError(t, err)
	var schema struct {
		Name, Version string
		Resources     map[string]any
		Config        struct {
			Variables map[string]struct{ Secret bool }
		}
	}
	require.NoError(t, json.Unmarshal([]byte(got.Schema), &schema))
	require.Equal(t, "crane", schema.Name)
	require.Equal(t, "0.1.0", schema.Version)
	require.Len(t, schema.Resources, 4)
	for _, token := range []string{"crane:index:Migrations", "crane:index:Route", "crane:index:Smoke", "crane:index:Release"} {
		require.Contains(t, schema.Resources, token)
	}
	require.True(t, schema.Config.Variables["apiToken"].Secret)
	require.False(t, schema.Config.Variables["apiHostname"].Secret)
}

func TestANewTokenReplacesNothing(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	config := func(token string) property.Map {
		return property.NewMap(map[string]property.Value{
			"apiHostname": property.New("127.0.0.1:7701"), "apiToken": property.New(token).WithSecret(true),
		})
	}
	diff, err := s.DiffConfig(p.DiffRequest{Urn: presource.NewURN("staging", "crane", "", "pulumi:providers:crane", "default"),
		State: config("a"), Inputs: config("b")})
	require.NoError(t, err)
	require.True(t, diff.HasChanges)
	require.Equal(t, map[string]p.PropertyDiff{"apiToken": {Kind: p.Update, InputDiff: true}}, diff.DetailedDiff)
}

func TestTokenIsSecretInTheState(t *testing.T) {
	t.Parallel()
	checked, err := newStage(t).CheckConfig(p.CheckRequest{
		Urn:    presource.NewURN("staging", "crane", "", "pulumi:providers:crane", "default"),
		Inputs: properties(map[string]any{"apiToken": "t"}),
	})
	require.NoError(t, err)
	require.Empty(t, checked.Failures)
	require.True(t, checked.Inputs.Get("apiToken").Secret())
}

func TestNoTokenIsNeededUntilARequestIsDue(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.Server = s.serve("127.0.0.1:1", "", nil)
	inputs := s.checked(route, watchAt(localhost))
	_, err := s.Create(p.CreateRequest{Urn: urn(route), Properties: inputs, DryRun: true})
	require.NoError(t, err)
	_, err = s.Create(p.CreateRequest{Urn: urn(route), Properties: inputs})
	require.EqualError(t, err, "no Cloudflare API token, nothing was sent\nhint: set CLOUDFLARE_API_TOKEN, or the provider's apiToken")
}
