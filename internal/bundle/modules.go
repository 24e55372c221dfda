package bundle

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"

	"github.com/evanw/esbuild/pkg/api"
)

// requireNamespace marks the stand-ins for modules of Node.js that a CommonJS
// package requires: an ES module has no require, so each is imported there.
const requireNamespace = "node-require"

// modules decides what an import may lead to besides a file of the source.
func modules(flags []string) api.Plugin {
	return api.Plugin{Name: "modules", Setup: func(build api.PluginBuild) {
		// The runtime has these.
		build.OnResolve(api.OnResolveOptions{Filter: `^cloudflare:`}, func(args api.OnResolveArgs) (api.OnResolveResult, error) {
			return api.OnResolveResult{Path: args.Path, External: true}, nil
		})
		build.OnResolve(api.OnResolveOptions{Filter: `^node:`}, func(args api.OnResolveArgs) (api.OnResolveResult, error) {
			return nodeModule(args, flags), nil
		})
		if slices.Contains(flags, "nodejs_compat") {
			build.OnResolve(api.OnResolveOptions{Filter: nodeModules.String()}, func(args api.OnResolveArgs) (api.OnResolveResult, error) {
				args.Path = "node:" + args.Path
				return nodeModule(args, flags), nil
			})
		}
		build.OnLoad(api.OnLoadOptions{Filter: `\.(wasm|bin|css)$`}, refuseFile)
		build.OnLoad(api.OnLoadOptions{Filter: `.*`, Namespace: requireNamespace}, func(args api.OnLoadArgs) (api.OnLoadResult, error) {
			code := fmt.Sprintf("import module_ from %q; module.exports = module_;", args.Path)
			return api.OnLoadResult{Contents: &code}, nil
		})
	}}
}

// nodeModule lets a module of Node.js through where the runtime has it.
func nodeModule(args api.OnResolveArgs, flags []string) api.OnResolveResult {
	allowed := slices.Contains(flags, "nodejs_compat") ||
		args.Path == "node:async_hooks" && slices.Contains(flags, "nodejs_als")
	switch {
	case !allowed:
		errs := refuse(ErrNodeModule, fmt.Sprintf("%s is a module of Node.js, which this Worker does not have", args.Path),
			`add "nodejs_compat" to the Worker's CompatibilityFlags in stacks/fleet.go`)
		return api.OnResolveResult{Errors: errs}
	case args.Kind == api.ResolveJSRequireCall:
		return api.OnResolveResult{Path: args.Path, Namespace: requireNamespace}
	}
	return api.OnResolveResult{Path: args.Path, External: true}
}

// refuseFile names an import that would need a module, or a file, of its own.
func refuseFile(args api.OnLoadArgs) (api.OnLoadResult, error) {
	text := "cannot import " + filepath.Base(args.Path) + oneModule(filepath.Ext(args.Path))
	return api.OnLoadResult{Errors: refuse(ErrModuleType, text, importable)}, nil
}

// oneModule is why a file of some kind cannot be imported.
func oneModule(ext string) string {
	return fmt.Sprintf(": a Worker is uploaded as one ES module, and a %s file cannot be part of it", ext)
}

const importable = "text (.txt, .html, .sql) and .json can be imported, and bytes kept in them as base64"

// refuse fails the import; esbuild adds the place.
func refuse(kind error, text, next string) []api.Message {
	return []api.Message{{Text: text, Detail: &Problem{Kind: kind, Next: next}}}
}

// nodeModules are the modules of Node.js by the names they have without node:,
// which mean them only where the runtime has them.
var nodeModules = regexp.MustCompile(`^(assert|async_hooks|buffer|child_process|cluster|console|constants|crypto|dgram|` +
	`diagnostics_channel|dns|domain|events|fs|http|http2|https|inspector|module|net|os|path|perf_hooks|process|punycode|` +
	`querystring|readline|repl|stream|string_decoder|sys|timers|tls|trace_events|tty|url|util|v8|vm|wasi|worker_threads|zlib)` +
	`(/(promises|posix|win32|web|strict|types|consumers))?$`)
