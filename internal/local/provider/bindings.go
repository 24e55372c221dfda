package provider

import (
	"cmp"
	"slices"

	"github.com/pulumi/pulumi-go-provider/infer"
)

// The bindings of a script, as the official SDK has them.
type (
	// PlainTextBinding is a variable.
	PlainTextBinding struct {
		Name string `pulumi:"name"`
		Text string `pulumi:"text"`
	}
	// SecretTextBinding is a secret; the API never gives its text back.
	SecretTextBinding struct {
		Name string `pulumi:"name"`
		Text string `pulumi:"text" provider:"secret"`
	}
	// ServiceBinding is another Worker.
	ServiceBinding struct {
		Name        string  `pulumi:"name"`
		Service     string  `pulumi:"service"`
		Environment *string `pulumi:"environment,optional"`
	}
	// D1DatabaseBinding is a D1 database.
	D1DatabaseBinding struct {
		Name       string `pulumi:"name"`
		DatabaseID string `pulumi:"databaseId"`
	}
)

// Annotate sets the official token.
func (*PlainTextBinding) Annotate(a infer.Annotator) {
	a.SetToken("index/WorkersScriptPlainTextBinding", "WorkersScriptPlainTextBinding")
}

// Annotate sets the official token.
func (*SecretTextBinding) Annotate(a infer.Annotator) {
	a.SetToken("index/WorkersScriptSecretTextBinding", "WorkersScriptSecretTextBinding")
}

// Annotate sets the official token.
func (*ServiceBinding) Annotate(a infer.Annotator) {
	a.SetToken("index/WorkersScriptServiceBinding", "WorkersScriptServiceBinding")
}

// Annotate sets the official token.
func (*D1DatabaseBinding) Annotate(a infer.Annotator) {
	a.SetToken("index/WorkersScriptD1DatabaseBinding", "WorkersScriptD1DatabaseBinding")
}

// remoteBinding is an entry of GET …/bindings.
type remoteBinding struct {
	Name, Type, Text, Service, Environment string
	DatabaseID                             string `json:"database_id"`
}

// declared is a binding that may stand in the state otherwise than in the API.
type declared[B any] interface {
	key() string
	// as is the binding that the API has, written as it was declared.
	as(prior B) B
}

func (b PlainTextBinding) key() string  { return b.Name }
func (b SecretTextBinding) key() string { return b.Name }
func (b ServiceBinding) key() string    { return b.Name }
func (b D1DatabaseBinding) key() string { return b.Name }

func (b PlainTextBinding) as(PlainTextBinding) PlainTextBinding    { return b }
func (b D1DatabaseBinding) as(D1DatabaseBinding) D1DatabaseBinding { return b }

func (b SecretTextBinding) as(prior SecretTextBinding) SecretTextBinding {
	b.Text = prior.Text
	return b
}

// as leaves an environment out that was left out: production is the default.
func (b ServiceBinding) as(prior ServiceBinding) ServiceBinding {
	if environment := value(b.Environment); environment == "" || environment == "production" {
		b.Environment = prior.Environment
	}
	return b
}

// over is a script as the API has it, written as it was declared: only what
// differs in meaning differs from the prior inputs or state.
func (s *remoteScript) over(prior WorkersScriptArgs) WorkersScriptArgs {
	out := prior
	out.AccountID, out.Name, out.Content = s.account, s.name, s.content
	if value(prior.Module) != s.module {
		out.Module = &s.module
	}
	out.PlainTextBindings = merged(prior.PlainTextBindings, pick(s.bindings, "plain_text",
		func(b remoteBinding) PlainTextBinding { return PlainTextBinding{Name: b.Name, Text: b.Text} }))
	out.SecretTextBindings = merged(prior.SecretTextBindings, pick(s.bindings, "secret_text",
		func(b remoteBinding) SecretTextBinding { return SecretTextBinding{Name: b.Name} }))
	out.ServiceBindings = merged(prior.ServiceBindings, pick(s.bindings, "service",
		func(b remoteBinding) ServiceBinding {
			return ServiceBinding{Name: b.Name, Service: b.Service, Environment: &b.Environment}
		}))
	out.D1DatabaseBindings = merged(prior.D1DatabaseBindings, pick(s.bindings, "d1",
		func(b remoteBinding) D1DatabaseBinding {
			return D1DatabaseBinding{Name: b.Name, DatabaseID: b.DatabaseID}
		}))
	return out
}

func pick[B any](bindings []remoteBinding, kind string, convert func(remoteBinding) B) []B {
	var out []B
	for _, b := range bindings {
		if b.Type == kind {
			out = append(out, convert(b))
		}
	}
	return out
}

// merged is what the API has, in the order it was declared in; what was not
// declared follows, by name. No binding stays written as it was, absent or empty.
func merged[B declared[B]](prior, remote []B) []B {
	if len(prior) == 0 && len(remote) == 0 {
		return prior
	}
	place := map[string]int{}
	for i, b := range prior {
		place[b.key()] = i
	}
	out := make([]B, len(remote))
	for i, b := range remote {
		out[i] = b.as(*new(B))
		if at, ok := place[b.key()]; ok {
			out[i] = b.as(prior[at])
		}
	}
	rank := func(b B) int {
		if at, ok := place[b.key()]; ok {
			return at
		}
		return len(prior)
	}
	slices.SortFunc(out, func(a, b B) int { return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a.key(), b.key())) })
	return out
}

// inOrder is a set of strings in the order it was declared in.
func inOrder(prior, remote []string) []string {
	place := map[string]int{}
	for i, s := range prior {
		place[s] = i - len(prior)
	}
	out := slices.Clone(remote)
	slices.SortFunc(out, func(a, b string) int { return cmp.Or(cmp.Compare(place[a], place[b]), cmp.Compare(a, b)) })
	return out
}
