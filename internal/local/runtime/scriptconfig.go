package runtime

import (
	_ "embed"
	"fmt"
	"slices"
)

//go:embed js/entry.js
var entryJS []byte

// moduleFields are the fields of workerd's Worker.Module by our module types.
var moduleFields = map[string]string{
	"esm": "esModule", "cjs": "commonJsModule", "text": "text",
	"data": "data", "wasm": "wasm", "json": "json",
}

// scriptConfig writes the configuration of one script's process: the script
// behind our entry module, and one external service per D1 database or
// service binding, which leads back to this process at inner.
type scriptConfig struct {
	script Script
	inner  string
	secret secret
}

// program is what the script's process runs.
func (c scriptConfig) program() program {
	files := map[string][]byte{"entry.js": entryJS}
	for i, m := range c.script.Modules {
		files[moduleFile(i)] = m.Content
	}
	return program{name: c.script.Name, config: c.text, files: files}
}

func moduleFile(i int) string { return fmt.Sprintf("module-%d", i) }

func (c scriptConfig) text(key, socket string) (string, error) {
	modules, err := c.modules()
	if err != nil {
		return "", err
	}
	bindings, services, err := c.bindings()
	if err != nil {
		return "", err
	}
	services = append(services, c.entry(key), fmt.Sprintf(
		"(name = %s, worker = (compatibilityDate = %s, compatibilityFlags = %s,\n    modules = %s,\n    bindings = %s))",
		quote(scriptService), quote(c.script.CompatibilityDate), c.flags(), list(modules), list(bindings)))
	return document(services, "entry", socket), nil
}

func (c scriptConfig) flags() string {
	var quoted []string
	for _, flag := range c.script.CompatibilityFlags {
		quoted = append(quoted, quote(flag))
	}
	return list(quoted)
}

func (c scriptConfig) entry(key string) string {
	return fmt.Sprintf(`(name = "entry", worker = (compatibilityDate = %s,
    compatibilityFlags = ["service_binding_extra_handlers"],
    modules = [(name = "entry.js", esModule = embed "entry.js")],
    bindings = [(name = "KEY", text = %s), (name = "NAME", text = %s), (name = "SCRIPT", service = %s)]))`,
		quote(entryDate), quote(key), quote(c.script.Name), quote(scriptService))
}

// modules lists the script's modules, the main one first, as workerd wants.
func (c scriptConfig) modules() ([]string, error) {
	var modules []string
	found := false
	for i, m := range c.script.Modules {
		field, ok := moduleFields[m.Type]
		if !ok {
			return nil, fmt.Errorf("module %s of type %q: %w", m.Name, m.Type, ErrUnsupported)
		}
		text := fmt.Sprintf("(name = %s, %s = embed %s)", quote(m.Name), field, quote(moduleFile(i)))
		if m.Name == c.script.Main {
			modules, found = slices.Insert(modules, 0, text), true
			continue
		}
		modules = append(modules, text)
	}
	if !found {
		return nil, &StartError{Message: fmt.Sprintf("No such module %q.", c.script.Main)}
	}
	return modules, nil
}

// bindings lists the script's bindings and the external services they need.
func (c scriptConfig) bindings() (bindings, services []string, err error) {
	for i, b := range c.script.Bindings {
		value, target := "", ""
		external := quote(fmt.Sprintf("external-%d", i))
		switch b.Type {
		case "plain_text", "secret_text":
			value = "text = " + quote(b.Text)
		case "json":
			value = "json = " + quote(string(b.JSON))
		case "service":
			value, target = "service = "+external, serviceTarget(slot{c.script.Account, b.Service})
		case "d1":
			value = fmt.Sprintf(`wrapped = (moduleName = "cloudflare-internal:d1-api",
      innerBindings = [(name = "fetcher", service = %s)])`, external)
			target = databaseTarget(b.DatabaseID)
		default:
			return nil, nil, fmt.Errorf("binding %s of type %q: %w", b.Name, b.Type, ErrUnsupported)
		}
		bindings = append(bindings, fmt.Sprintf("(name = %s, %s)", quote(b.Name), value))
		if target != "" {
			services = append(services, c.external(external, target))
		}
	}
	return bindings, services, nil
}

// external is a service at the inner listener. workerd replaces headers of the
// same names, so a script cannot ask for another target.
func (c scriptConfig) external(name, target string) string {
	return fmt.Sprintf(`(name = %s, external = (address = %s, http = (forwardedProtoHeader = %s,
    injectRequestHeaders = [(name = %s, value = %s), (name = %s, value = %s)])))`,
		name, quote(c.inner), quote(headerProto),
		quote(headerTarget), quote(target), quote(headerKey), quote(c.secret.key(target)))
}
