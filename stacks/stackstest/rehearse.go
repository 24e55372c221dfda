// Package stackstest has the stacks of the rehearsal, on the local Cloudflare:
// what package stacks and the stack files say until a project goes live, and
// what its tests go on with afterwards.
package stackstest

import (
	"embed"
	"errors"
	"os"
	"path/filepath"
	"strings"

	"crane/internal/wrangler"
	"crane/stacks"
)

// Rehearse puts package stacks on the local Cloudflare, for the TestMain of a
// package whose tests compare with its accounts and its issuer.
func Rehearse() {
	stacks.Staging, stacks.Production = Staging, Production
	stacks.ProductionGate, stacks.ProductionRetire, stacks.ProductionProtection = ProductionGate, ProductionRetire, ProductionProtection
}

//go:embed staging.go production.go Pulumi.staging.yaml Pulumi.production.yaml
var sources embed.FS

// Files are the texts of the four files in which a rehearsal and a live project
// differ, by their paths from the project's root.
func Files() map[string]string {
	return map[string]string{
		"stacks/staging.go":      declared("staging.go"),
		"stacks/production.go":   declared("production.go"),
		"Pulumi.staging.yaml":    source("Pulumi.staging.yaml"),
		"Pulumi.production.yaml": source("Pulumi.production.yaml"),
	}
}

// Write puts the project in a folder on the local Cloudflare: the four files, and
// what is generated from them. It writes what it can before an error.
func Write(root string) error {
	var errs []error
	for name, text := range Files() {
		errs = append(errs, os.WriteFile(filepath.Join(root, name), []byte(text), 0o644))
	}
	_, err := wrangler.Write(root, stacks.Default(), Staging.AccountID)
	return errors.Join(append(errs, err)...)
}

// declared is a file of this package as package stacks has it.
func declared(name string) string {
	return strings.NewReplacer(
		"package stackstest", "package stacks",
		"import (\n\t\"time\"\n\n\t\"crane/stacks\"\n)", `import "time"`,
		"import \"crane/stacks\"\n\n", "",
		"stacks.", "",
	).Replace(source(name))
}

// source is a file that is embedded above, and so there.
func source(name string) string {
	text, err := sources.ReadFile(name)
	if err != nil {
		panic(err)
	}
	return string(text)
}
