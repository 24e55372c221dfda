package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/stretchr/testify/require"
)

const cloudflareKey = "pulumi:providers:cloudflare default_5_49_1"

// TestRateFollowsFromThePlan: what counts is the fleet and its migrations, and
// a rate in the stack file wins.
func TestRateFollowsFromThePlan(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change func(*program)
		want   string
	}{
		"few requests":  {nil, "50"},
		"many requests": {func(p *program) { addMigrations(t, p.dir, 1000) }, "1"},
		"the stack's own": {func(p *program) {
			addMigrations(t, p.dir, 1000)
			p.config["cloudflare:rps"] = "7"
		}, "7"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := run(t, "staging", false, test.change)
			require.NoError(t, o.err)
			require.Equal(t, resource.PropertyMap{"apiHostname": text("127.0.0.1:7701"), "rps": text(test.want)},
				o.inputs(t, cloudflareKey))
		})
	}
}

func addMigrations(t *testing.T, dir string, n int) {
	for i := range n {
		name := filepath.Join(dir, "workers/notes/migrations", fmt.Sprintf("%04d_more.sql", i+2))
		require.NoError(t, os.WriteFile(name, fmt.Appendf(nil, "CREATE TABLE t%d (id INTEGER PRIMARY KEY);\n", i), 0o644))
	}
}

// TestCloudflareResourcesShareOneProvider, of the version of the SDK that
// registers them: another would be a second plugin with a rate of its own.
func TestCloudflareResourcesShareOneProvider(t *testing.T) {
	t.Parallel()
	o := run(t, "staging", false, nil)
	require.NoError(t, o.err)
	provider := o.cloud.resources[cloudflareKey]
	for key, r := range o.cloud.resources {
		if strings.HasPrefix(key, "cloudflare:") {
			require.Contains(t, r.Provider, "::"+provider.Name+"::", key)
			require.Equal(t, r.RegisterRPC.GetVersion(), provider.RegisterRPC.GetVersion(), key)
		}
	}
}
