package stacks_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"crane/stacks"
)

func TestSecretsOfAStack(t *testing.T) {
	t.Parallel()
	f := stacks.Fleet{Workers: []stacks.Worker{
		{Name: "b", Secrets: stacks.Secrets{"SHARED": stacks.Infra, "B": stacks.External}},
		{Name: "a", Secrets: stacks.Secrets{"SHARED": stacks.Infra},
			Per: stacks.Per{"production": {Secrets: stacks.Secrets{"LIVE": stacks.Infra}}}},
	}}
	key := stacks.Secret{Name: stacks.FingerprintKey, Class: stacks.External}
	require.Equal(t, []stacks.Secret{
		{Name: "B", Class: stacks.External, Workers: []string{"b"}},
		key,
		{Name: "SHARED", Class: stacks.Infra, Workers: []string{"b", "a"}},
	}, f.Secrets(stacks.Staging))
	require.Equal(t, []stacks.Secret{
		{Name: "B", Class: stacks.External, Workers: []string{"b"}},
		key,
		{Name: "LIVE", Class: stacks.Infra, Workers: []string{"a"}},
		{Name: "SHARED", Class: stacks.Infra, Workers: []string{"b", "a"}},
	}, f.Secrets(stacks.Production))
	require.Equal(t, []stacks.Secret{key}, stacks.Fleet{}.Secrets(stacks.Staging))
}

// TestASecretHasOneClass: between Workers, and between the stacks of one.
func TestASecretHasOneClass(t *testing.T) {
	t.Parallel()
	refused(t, stacks.Fleet{Workers: []stacks.Worker{
		{Name: "a", Entry: "a.ts", Secrets: stacks.Secrets{"KEY": stacks.Infra}},
		{Name: "b", Entry: "a.ts", Secrets: stacks.Secrets{"KEY": stacks.External}},
	}}, `workers["b"].Secrets["KEY"]: it is external here and infra in workers["a"].Secrets["KEY"]; a secret has one class on every worker and stack`)
	refused(t, stacks.Fleet{Workers: []stacks.Worker{
		{Name: "a", Entry: "a.ts", Secrets: stacks.Secrets{"KEY": stacks.Infra},
			Per: stacks.Per{"production": {Secrets: stacks.Secrets{"KEY": stacks.External}}}},
	}}, `workers["a"].Per["production"].Secrets["KEY"]: it is external here and infra in workers["a"].Secrets["KEY"]; a secret has one class on every worker and stack`)
}
