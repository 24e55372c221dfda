package bundle

import (
	"github.com/evanw/esbuild/pkg/api"
)

// outfile is a name only: nothing is written.
const outfile = "worker.js"

// settings are wrangler's
// (https://github.com/cloudflare/workers-sdk/blob/main/packages/wrangler/src/deployment-bundle/bundle.ts),
// so that both tools make the same Worker of the same source, less what would
// let the machine into the bundle.
func settings(root, entry string, opts Options) api.BuildOptions {
	return api.BuildOptions{
		AbsWorkingDir: root,
		EntryPoints:   []string{"./" + entry},
		Outfile:       outfile,
		Bundle:        true,
		Metafile:      true,
		LogLevel:      api.LogLevelSilent,

		Format:     api.FormatESModule,
		Platform:   api.PlatformBrowser,
		Conditions: []string{"workerd", "worker", "browser"},
		Target:     api.ES2024,
		Supported:  map[string]bool{"using": true},
		Charset:    api.CharsetUTF8,
		Define: map[string]string{
			"process.env.NODE_ENV":            `"production"`,
			"global.process.env.NODE_ENV":     `"production"`,
			"globalThis.process.env.NODE_ENV": `"production"`,
		},
		Loader: map[string]api.Loader{
			".js": api.LoaderJSX, ".mjs": api.LoaderJSX, ".cjs": api.LoaderJSX,
			".txt": api.LoaderText, ".html": api.LoaderText, ".sql": api.LoaderText,
		},
		Plugins: []api.Plugin{modules(opts.CompatibilityFlags)},

		// A source map would hold paths. Licences stay, in a fixed order.
		Sourcemap:     api.SourceMapNone,
		LegalComments: api.LegalCommentsEndOfFile,
		// A tsconfig.json in any folder above would otherwise change the
		// output. The one in workers/ is for tsc alone.
		TsconfigRaw: `{}`,
	}
}
