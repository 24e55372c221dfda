// Package bundle makes one ES module of a Worker's TypeScript and all it
// imports, the way wrangler does, with esbuild as a library. The same source
// gives the same bytes in any directory and on any machine, so that a bundle
// can be known by its digest.
//
// It does not check types: esbuild only takes them away. `tsc` checks them in
// the Workers' own tests.
package bundle

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/evanw/esbuild/pkg/api"

	"crane/internal/hint"
)

// Options are the settings of a Worker that decide what it may import.
type Options struct {
	// CompatibilityFlags are workerd's, such as nodejs_compat.
	CompatibilityFlags []string
}

// Bundle is a Worker as it is uploaded.
type Bundle struct {
	// Code is one ES module, in UTF-8.
	Code []byte
	// Digest is the SHA-256 of Code, in 64 hexadecimal digits.
	Digest string
	// Size is in bytes.
	Size int
	// Inputs are the files in the bundle, the largest first.
	Inputs []Input
}

// Input is one file in a bundle.
type Input struct {
	// Path is relative to the project's root, with slashes.
	Path string
	// Bytes is how much of the bundle comes from it.
	Bytes int
}

// Build bundles the Worker that starts from a TypeScript file. The entry is
// relative to the root, which is the project's. Everything wrong with the source
// is reported at once, each as a *Problem with its file, line and column.
func Build(root, entry string, opts Options) (*Bundle, error) {
	root, err := absolute(root)
	if err != nil {
		return nil, err
	}
	if info, err := os.Stat(filepath.Join(root, entry)); err != nil || !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%w: there is no file %s", ErrEntry, entry)
	}
	how := settings(root, entry, opts)
	b, err := build(entry, how)
	if err != nil || b.leaves() {
		// A node_modules that is a link, as in a second working tree: name its
		// files by where they are imported from, as they are named elsewhere.
		// An error may come of the other tree too, so it counts only if it stays.
		how.PreserveSymlinks = true
		how.Plugins = append(how.Plugins, workspaces(root))
		if b, err = build(entry, how); err == nil {
			err = b.stays(root)
		}
	}
	if err == nil {
		err = b.fits(entry)
	}
	if err != nil {
		return nil, err
	}
	return b, nil
}

// absolute gives the one path a folder has, however it was reached.
func absolute(root string) (string, error) {
	abs, err := filepath.Abs(root)
	if err != nil {
		return "", err
	}
	return filepath.EvalSymlinks(abs)
}

// build runs esbuild once and measures what it has made.
func build(entry string, how api.BuildOptions) (*Bundle, error) {
	result := api.Build(how)
	if len(result.Errors) > 0 {
		return nil, problems(how.AbsWorkingDir, result.Errors)
	}
	meta, err := readMeta(result.Metafile)
	if err != nil {
		return nil, err
	}
	if !slices.Contains(meta.Exports, "default") {
		err := fmt.Errorf("%w: %s exports nothing that Cloudflare could call", ErrNoDefaultExport, entry)
		return nil, hint.Wrap(err, "end it with: export default { async fetch(request, env) { … } }")
	}
	code := result.OutputFiles[0].Contents
	return &Bundle{Code: code, Digest: digest(code), Size: len(code), Inputs: meta.inputs()}, nil
}

// output is what esbuild's metafile says of the bundle.
type output struct {
	Exports []string
	Inputs  map[string]struct{ BytesInOutput int }
}

func readMeta(text string) (output, error) {
	var meta struct{ Outputs map[string]output }
	if err := json.Unmarshal([]byte(text), &meta); err != nil {
		return output{}, fmt.Errorf("read esbuild's metafile: %w", err)
	}
	return meta.Outputs[outfile], nil
}

func (o output) inputs() []Input {
	inputs := make([]Input, 0, len(o.Inputs))
	for path, in := range o.Inputs {
		inputs = append(inputs, Input{Path: path, Bytes: in.BytesInOutput})
	}
	slices.SortFunc(inputs, func(a, b Input) int {
		return cmp.Or(cmp.Compare(b.Bytes, a.Bytes), cmp.Compare(a.Path, b.Path))
	})
	return inputs
}

func digest(code []byte) string {
	sum := sha256.Sum256(code)
	return hex.EncodeToString(sum[:])
}
