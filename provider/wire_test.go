package main

import (
	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/integration"
	presource "github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/property"
)

// wire sends what goes to a provider, and what comes from it, through the
// encoding that Pulumi sends it through: without it, an asset that has been
// through a provider would still be a map.
type wire struct{ integration.Server }

func (w wire) Check(r p.CheckRequest) (p.CheckResponse, error) {
	r.State, r.Inputs = sent(r.State), sent(r.Inputs)
	response, err := w.Server.Check(r)
	response.Inputs = sent(response.Inputs)
	return response, err
}

func (w wire) Create(r p.CreateRequest) (p.CreateResponse, error) {
	r.Properties = sent(r.Properties)
	response, err := w.Server.Create(r)
	response.Properties = sent(response.Properties)
	return response, err
}

func (w wire) Update(r p.UpdateRequest) (p.UpdateResponse, error) {
	r.State, r.Inputs = sent(r.State), sent(r.Inputs)
	response, err := w.Server.Update(r)
	response.Properties = sent(response.Properties)
	return response, err
}

func (w wire) Read(r p.ReadRequest) (p.ReadResponse, error) {
	r.Properties, r.Inputs = sent(r.Properties), sent(r.Inputs)
	response, err := w.Server.Read(r)
	response.Properties, response.Inputs = sent(response.Properties), sent(response.Inputs)
	return response, err
}

func sent(m property.Map) property.Map {
	options := plugin.MarshalOptions{KeepUnknowns: true, KeepSecrets: true, KeepResources: true}
	encoded, err := plugin.MarshalProperties(presource.ToResourcePropertyValue(property.New(m)).ObjectValue(), options)
	if err != nil {
		panic(err)
	}
	decoded, err := plugin.UnmarshalProperties(encoded, options)
	if err != nil {
		panic(err)
	}
	return presource.FromResourcePropertyMap(decoded)
}
