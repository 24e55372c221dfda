package infisical

import (
	"crypto/rand"

	"crane/internal/local/account"
	"crane/stacks"
)

// seed invents a value for every secret of the fleet at every stack's scope:
// infra secrets differ between the stacks, external ones are the same.
func seed(fleet stacks.Fleet) contents {
	all := contents{}
	shared := map[string]string{stacks.FingerprintKey: rand.Text()}
	for _, stack := range stacks.All() {
		own := map[string]string{}
		for _, worker := range fleet.For(stack).Workers {
			for name, class := range worker.Secrets {
				all.set(stack.Secrets, name, invent(class, name, own, shared))
			}
		}
		all.set(stack.Secrets, stacks.FingerprintKey, shared[stacks.FingerprintKey])
	}
	all.deployable()
	return all
}

// deployable puts what deploys production where only its job may read it, and
// says whether it was not there.
func (c contents) deployable() bool {
	at := stacks.Production.Deploy
	if c[Project][at.Environment][at.Path] != nil {
		return false
	}
	c.set(at, "CLOUDFLARE_API_TOKEN", account.Production.Token)
	c.set(at, "PULUMI_CONFIG_PASSPHRASE", account.Production.Passphrase)
	return true
}

// invent gives one secret one value however many Workers have it.
func invent(class stacks.Class, name string, own, shared map[string]string) string {
	values := own
	if class == stacks.External {
		values = shared
	}
	if values[name] == "" {
		values[name] = rand.Text()
	}
	return values[name]
}
