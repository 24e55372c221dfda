package bundle

import (
	"os"
	"path/filepath"

	"github.com/evanw/esbuild/pkg/api"
)

// workspaces keeps to the packages of this very tree. npm links a workspace as
// ../../shared, which behind a node_modules that is itself a link would lead
// into the tree that node_modules belongs to, and its source.
func workspaces(root string) api.Plugin {
	type visited struct{}
	return api.Plugin{Name: "workspaces", Setup: func(build api.PluginBuild) {
		resolve := func(args api.OnResolveArgs) (api.OnResolveResult, error) {
			own := workspace(root, args.ResolveDir, packageName.FindString(args.Path))
			if _, again := args.PluginData.(visited); again || own == "" {
				return api.OnResolveResult{}, nil
			}
			// A package can import itself by its name, from inside.
			found := build.Resolve(args.Path, api.ResolveOptions{ResolveDir: own, Importer: args.Importer, Kind: args.Kind, PluginData: visited{}})
			if len(found.Errors) > 0 {
				return api.OnResolveResult{}, nil
			}
			return api.OnResolveResult{Path: found.Path, Namespace: found.Namespace}, nil
		}
		build.OnResolve(api.OnResolveOptions{Filter: packageName.String()}, resolve)
	}}
}

// workspace finds the folder in the project that a link in node_modules means,
// or nothing if the package is no link.
func workspace(root, from, pkg string) string {
	for dir := from; isUnder(root, dir); dir = filepath.Dir(dir) {
		link := filepath.Join(dir, "node_modules", pkg)
		target, err := os.Readlink(link)
		if err != nil || filepath.IsAbs(target) {
			continue
		}
		if own := filepath.Join(filepath.Dir(link), target); isUnder(root, own) {
			return own
		}
	}
	return ""
}

func isUnder(root, path string) bool {
	inside, err := filepath.Rel(root, path)
	return err == nil && filepath.IsLocal(inside)
}
