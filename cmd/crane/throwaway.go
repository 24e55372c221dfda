package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"gopkg.in/yaml.v3"

	"crane/internal/previewstate"
	"crane/internal/project"
	"crane/internal/secrets"
	"crane/stacks"
)

// throwaway is a backend of its own that a preview state is imported into, with a
// copy of the stack's file beside it, because Pulumi writes a salt into that.
type throwaway struct {
	world
	project.Layout
	stack stacks.Stack
	dir   string
}

func (t throwaway) backend() string { return filepath.Join(t.dir, "backend") }

func (t throwaway) stackFile() string {
	return filepath.Join(t.dir, "Pulumi."+t.stack.Name+".yaml")
}

// variables are all that a preview needs beside what the machine has. None of
// them is a secret.
func (t throwaway) variables() []variable {
	return []variable{
		{"CLOUDFLARE_API_TOKEN", previewstate.Token},
		{"GOFLAGS", unstamped(t.getenv("GOFLAGS"))},
		{"PATH", t.path(t.Layout)},
		{"PULUMI_BACKEND_URL", "file://" + filepath.ToSlash(t.backend())},
		{"PULUMI_CONFIG_PASSPHRASE", "throwaway"},
		{"PULUMI_HOME", t.PulumiHome()},
		{"PULUMI_SKIP_UPDATE_CHECK", "true"},
	}
}

// environment is a Pulumi's whole environment.
func (t throwaway) environment() []string {
	env := t.holding(plain)
	for _, v := range t.variables() {
		env = append(env, v.name+"="+v.value)
	}
	return env
}

// load makes the backend anew, with a preview state in it; without one the stack
// is empty.
func (t throwaway) load(ctx context.Context, state []byte) error {
	if err := t.fits(state); err != nil {
		return err
	}
	if err := os.RemoveAll(t.dir); err != nil {
		return err
	}
	if err := os.MkdirAll(t.backend(), 0o700); err != nil {
		return err
	}
	if err := t.copyFiles(); err != nil {
		return err
	}
	if err := t.pulumi(ctx, io.Discard, nil, "stack", "init", "--no-select", "--secrets-provider", "passphrase"); err != nil || state == nil {
		return err
	}
	keyed, err := t.keyed(ctx, state)
	if err != nil {
		return err
	}
	return t.pulumi(ctx, io.Discard, bytes.NewReader(keyed), "stack", "import")
}

// fits refuses what is no state, and the state of another stack.
func (t throwaway) fits(state []byte) error {
	if state == nil {
		return nil
	}
	if _, err := deploymentOf(state); err != nil {
		return err
	}
	if !bytes.Contains(state, []byte(`"urn:pulumi:`+t.stack.Name+`::`)) {
		return fmt.Errorf("%w: nothing in it is of %s; nothing was changed", previewstate.ErrState, t.stack.Name)
	}
	return nil
}

// copyFiles makes a project that has nothing but a name, and the stack's file
// without its salt and with placeholders for secrets.
func (t throwaway) copyFiles() error {
	text, err := os.ReadFile(t.StackFile(t.stack.Name))
	if err != nil {
		return err
	}
	var file struct {
		Config map[string]any `yaml:"config"`
	}
	if err := yaml.Unmarshal(text, &file); err != nil || file.Config == nil {
		return fmt.Errorf("%w: Pulumi.%s.yaml has no config", project.ErrMalformed, t.stack.Name)
	}
	file.Config["crane:secrets"] = secrets.FromPlaceholder
	if text, err = yaml.Marshal(file); err != nil {
		return err
	}
	if err := os.WriteFile(t.stackFile(), text, 0o600); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(t.dir, "Pulumi.yaml"), []byte("name: crane\nruntime: go\n"), 0o600)
}

// keyed is a preview state that says how this backend encrypts: without that,
// Pulumi cannot write the placeholders of secrets.
func (t throwaway) keyed(ctx context.Context, state []byte) ([]byte, error) {
	var out bytes.Buffer
	if err := t.pulumi(ctx, &out, nil, "stack", "export"); err != nil {
		return nil, err
	}
	own, err := deploymentOf(out.Bytes())
	if err != nil {
		return nil, err
	}
	given, err := deploymentOf(state)
	if err != nil {
		return nil, err
	}
	given["secrets_providers"] = own["secrets_providers"]
	return json.Marshal(map[string]any{"version": 3, "deployment": given})
}

// deploymentOf are the parts of what `pulumi stack export` prints.
func deploymentOf(text []byte) (map[string]json.RawMessage, error) {
	var file struct {
		Deployment map[string]json.RawMessage `json:"deployment"`
	}
	if err := json.Unmarshal(text, &file); err != nil {
		return nil, fmt.Errorf("%w: %w; nothing was changed", previewstate.ErrState, err)
	}
	if file.Deployment == nil {
		return nil, fmt.Errorf("%w: it has no deployment; nothing was changed", previewstate.ErrState)
	}
	return file.Deployment, nil
}

// pulumi runs the CLI on the throwaway project.
func (t throwaway) pulumi(ctx context.Context, stdout io.Writer, stdin io.Reader, args ...string) error {
	args = append(args, "--stack", t.stack.Name, "--non-interactive")
	return t.pulumiIn(ctx, t.Layout, t.dir, t.environment(), stdout, stdin, args...)
}

// preview is what Pulumi's preview of the real project prints, as JSON.
func (t throwaway) preview(ctx context.Context) ([]byte, error) {
	var out bytes.Buffer
	err := t.pulumiIn(ctx, t.Layout, t.Root, t.environment(), &out, nil,
		"preview", "--diff", "--json", "--non-interactive", "--stack", t.stack.Name, "--config-file", t.stackFile())
	return out.Bytes(), err
}
