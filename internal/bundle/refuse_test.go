package bundle_test

import (
	"encoding/base64"
	"errors"
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"crane/internal/bundle"
	"crane/internal/hint"
)

const flagHint = `add "nodejs_compat" to the Worker's CompatibilityFlags in stacks/fleet.go`
const typeHint = `text (.txt, .html, .sql) and .json can be imported, and bytes kept in them as base64`

func TestRefusals(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		files files
		kind  error
		text  string
		hint  string
	}{
		"no entry": {
			files{"b.ts": ``}, bundle.ErrEntry,
			`no such entry: there is no file workers/a.ts`, ``,
		},
		"does not parse": {
			files{"workers/a.ts": "export default {\n\tfetch() { return retrun 1 }\n}\n"}, bundle.ErrSyntax,
			`workers/a.ts:2:26: Expected ";" but found "1"`, ``,
		},
		"missing file": {
			files{"workers/a.ts": "\nimport \"./b\";\nexport default {};"}, bundle.ErrUnresolved,
			`workers/a.ts:2:8: cannot resolve "./b"`, ``,
		},
		"nothing installed": {
			files{"workers/a.ts": `import { Hono } from "hono/tiny"; export default new Hono();`, "workers/package-lock.json": `{"packages": {"node_modules/hono": {}}}`},
			bundle.ErrUnresolved, `workers/a.ts:1:22: cannot resolve "hono/tiny"`, `run npm ci in workers`,
		},
		"package not asked for": {
			files{"workers/a.ts": `import { x } from "@scope/name/x"; export default x;`, "workers/package-lock.json": `{"packages": {"node_modules/@scope/names": {}}}`},
			bundle.ErrUnresolved, `workers/a.ts:1:19: cannot resolve "@scope/name/x"`, `run npm install @scope/name in workers`,
		},
		"package without the path": {
			files{"workers/a.ts": `import { x } from "hono/x"; export default x;`, "workers/node_modules/hono/package.json": `{"exports": {}}`},
			bundle.ErrUnresolved, `workers/a.ts:1:19: cannot resolve "hono/x"`, ``,
		},
		"node module": {
			files{"workers/a.ts": "import fs from 'node:fs';\nexport default fs;"}, bundle.ErrNodeModule,
			`workers/a.ts:1:16: node:fs is a module of Node.js, which this Worker does not have`, flagHint,
		},
		"node module without node:": {
			files{"workers/a.ts": "import fs from 'fs/promises';\nexport default fs;"}, bundle.ErrUnresolved,
			`workers/a.ts:1:16: cannot resolve "fs/promises"`, `write "node:fs/promises" and ` + flagHint,
		},
		"wasm": {
			files{"workers/a.ts": "import w from './m.wasm?module';\nexport default w;", "workers/m.wasm": "\x00asm"}, bundle.ErrModuleType,
			`workers/a.ts:1:15: cannot import m.wasm: a Worker is uploaded as one ES module, and a .wasm file cannot be part of it`, typeHint,
		},
		"bytes": {
			files{"workers/a.ts": "import w from './m.bin';\nexport default w;", "workers/m.bin": ""}, bundle.ErrModuleType,
			`workers/a.ts:1:15: cannot import m.bin: a Worker is uploaded as one ES module, and a .bin file cannot be part of it`, typeHint,
		},
		"style of a package": {
			files{"workers/a.ts": "import 'style';\nexport default {};", "workers/node_modules/style/package.json": `{"main": "x.css"}`, "workers/node_modules/style/x.css": ""},
			bundle.ErrModuleType,
			`workers/a.ts:1:8: cannot import x.css: a Worker is uploaded as one ES module, and a .css file cannot be part of it`, typeHint,
		},
		"picture": {
			files{"workers/a.ts": "import w from './m.png';\nexport default w;", "workers/m.png": ""}, bundle.ErrModuleType,
			`workers/a.ts:1:15: cannot import m.png: a Worker is uploaded as one ES module, and a .png file cannot be part of it`, typeHint,
		},
		"no default export": {
			files{"workers/a.ts": `export const fetch = 1;`}, bundle.ErrNoDefaultExport,
			`no default export: workers/a.ts exports nothing that Cloudflare could call`, `end it with: export default { async fetch(request, env) { … } }`,
		},
		"two problems": {
			files{"workers/a.ts": `import "./b"; import "./c"; export default {};`, "workers/c.ts": "\n\nlet = = 1;"}, bundle.ErrUnresolved,
			"workers/a.ts:1:8: cannot resolve \"./b\"\nworkers/c.ts:3:7: Unexpected \"=\"", ``,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			root := test.files.write(t, t.TempDir())
			b, err := bundle.Build(root, "workers/a.ts", bundle.Options{})
			require.ErrorIs(t, err, test.kind)
			require.Equal(t, test.text, err.Error())
			require.Equal(t, test.hint, hint.Of(err))
			require.Nil(t, b)
			require.Equal(t, len(test.files), count(t, root), "nothing is written")
		})
	}
}

func count(t *testing.T, root string) int {
	t.Helper()
	n := 0
	require.NoError(t, filepath.WalkDir(root, func(_ string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			n++
		}
		return err
	}))
	return n
}

func TestProblemHasItsPlace(t *testing.T) {
	t.Parallel()
	root := files{"a.ts": "\n\n  import './b';"}.write(t, t.TempDir())
	_, err := bundle.Build(root, "a.ts", bundle.Options{})
	var p *bundle.Problem
	require.True(t, errors.As(err, &p))
	require.Equal(t, bundle.Problem{File: "a.ts", Line: 3, Column: 10, Text: `cannot resolve "./b"`, Kind: bundle.ErrUnresolved}, *p)
}

func TestTooLargeNamesTheLargestInputs(t *testing.T) {
	t.Parallel()
	source := files{"a.ts": `export default [`}
	noise := rand.New(rand.NewSource(1))
	for i := range 6 {
		bytes := make([]byte, (i+1)<<18)
		noise.Read(bytes)
		name := fmt.Sprintf("part%d.txt", i)
		source[name] = base64.StdEncoding.EncodeToString(bytes)
		source["a.ts"] = fmt.Sprintf("import p%d from './%s';\n", i, name) + source["a.ts"] + fmt.Sprintf("p%d,", i)
	}
	source["a.ts"] += `];`
	b, err := bundle.Build(source.write(t, t.TempDir()), "a.ts", bundle.Options{})
	require.ErrorIs(t, err, bundle.ErrTooLarge)
	require.Nil(t, b)
	require.Regexp(t, `^bundle too large: a\.ts is 5\.\d\d MiB gzipped, and Cloudflare accepts 3\.00 MiB; its largest inputs, before gzip, are
  2\.00 MiB  part5\.txt
  1\.67 MiB  part4\.txt
  1\.33 MiB  part3\.txt
  1\.00 MiB  part2\.txt
  0\.67 MiB  part1\.txt$`, err.Error())
}

// TestOutside: a package found above the project, or source that a link leads
// to, would be missing on another machine.
func TestOutside(t *testing.T) {
	t.Parallel()
	above := files{
		"node_modules/up/index.js": `export const up = 1;`,
		"other/index.ts":           `export const up = 1;`,
		"project/a.ts":             `import { up } from "up"; export default up;`,
		"project/b.ts":             `import { up } from "linked"; export default up;`,
		"project/node_modules/x":   ``,
	}.write(t, t.TempDir())
	root := filepath.Join(above, "project")
	require.NoError(t, os.Symlink(filepath.Join(above, "other"), filepath.Join(root, "node_modules/linked")))
	for name, path := range map[string]string{"a.ts": "../node_modules/up/index.js", "b.ts": "node_modules/linked/index.ts"} {
		b, err := bundle.Build(root, name, bundle.Options{})
		require.ErrorIs(t, err, bundle.ErrOutside)
		require.EqualError(t, err, "outside the project: the bundle would have "+path)
		require.Equal(t, "run npm ci in workers, or move the file into the project", hint.Of(err))
		require.Nil(t, b)
	}
}
