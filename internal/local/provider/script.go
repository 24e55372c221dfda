package provider

import (
	"context"
	"fmt"

	"github.com/pulumi/pulumi-go-provider/infer"
)

// WorkersScript is cloudflare:index/workersScript:WorkersScript.
type WorkersScript struct{}

// WorkersScriptArgs are its inputs and its state: a part of the official ones.
type WorkersScriptArgs struct {
	AccountID          string              `pulumi:"accountId" provider:"replaceOnChanges"`
	Name               string              `pulumi:"name" provider:"replaceOnChanges"`
	Content            string              `pulumi:"content"`
	Module             *bool               `pulumi:"module,optional"`
	CompatibilityDate  *string             `pulumi:"compatibilityDate,optional"`
	CompatibilityFlags []string            `pulumi:"compatibilityFlags,optional"`
	PlainTextBindings  []PlainTextBinding  `pulumi:"plainTextBindings,optional"`
	SecretTextBindings []SecretTextBinding `pulumi:"secretTextBindings,optional"`
	ServiceBindings    []ServiceBinding    `pulumi:"serviceBindings,optional"`
	D1DatabaseBindings []D1DatabaseBinding `pulumi:"d1DatabaseBindings,optional"`
}

type scriptRead = infer.ReadResponse[WorkersScriptArgs, WorkersScriptArgs]

// Annotate sets the official token.
func (*WorkersScript) Annotate(a infer.Annotator) { a.SetToken("index/workersScript", "WorkersScript") }

// Check refuses inputs that the stand-in does not have.
func (*WorkersScript) Check(ctx context.Context, req infer.CheckRequest) (infer.CheckResponse[WorkersScriptArgs], error) {
	return check[WorkersScriptArgs](ctx, req)
}

// Create uploads a script that is not there yet.
func (*WorkersScript) Create(ctx context.Context, req infer.CreateRequest[WorkersScriptArgs]) (infer.CreateResponse[WorkersScriptArgs], error) {
	type response = infer.CreateResponse[WorkersScriptArgs]
	args := req.Inputs
	if req.DryRun {
		return response{Output: args}, nil
	}
	c, err := api(ctx)
	if err != nil {
		return response{}, err
	}
	if err := args.complete(); err != nil {
		return response{}, err
	}
	// Like the official provider: whatever the answer, only a script stops it.
	if there, err := c.download(ctx, args.AccountID, args.Name); err == nil && there.content != "" {
		return response{}, hinted(fmt.Errorf("%w: %s; nothing was changed", ErrExists, args.Name), recoverHint)
	}
	if err := c.upload(ctx, args); err != nil {
		return response{}, fmt.Errorf("creating worker script %s: %w", args.Name, err)
	}
	return response{ID: args.Name, Output: args}, nil
}

// Update uploads the script anew, whole.
func (*WorkersScript) Update(ctx context.Context, req infer.UpdateRequest[WorkersScriptArgs, WorkersScriptArgs]) (infer.UpdateResponse[WorkersScriptArgs], error) {
	type response = infer.UpdateResponse[WorkersScriptArgs]
	if req.DryRun {
		return response{Output: req.Inputs}, nil
	}
	c, err := api(ctx)
	if err != nil {
		return response{}, err
	}
	if err := req.Inputs.complete(); err != nil {
		return response{}, err
	}
	if err := c.upload(ctx, req.Inputs); err != nil {
		return response{}, fmt.Errorf("updating worker script %s: %w", req.Inputs.Name, err)
	}
	return response{Output: req.Inputs}, nil
}

// Read downloads the script and lists its bindings; a script that the API does
// not have is gone. Compatibility settings are not in those answers and stay as
// they were, and so do the texts of secrets.
func (*WorkersScript) Read(ctx context.Context, req infer.ReadRequest[WorkersScriptArgs, WorkersScriptArgs]) (scriptRead, error) {
	c, err := api(ctx)
	if err != nil {
		return scriptRead{}, err
	}
	account, name, err := locate(req.State.AccountID, req.State.Name, req.ID, "account_id/script_name")
	if err != nil {
		return scriptRead{}, err
	}
	found, err := c.download(ctx, account, name)
	if gone(err) {
		return scriptRead{}, nil
	}
	if err != nil {
		return scriptRead{}, fmt.Errorf("reading worker script %s: %w", name, err)
	}
	var bindings []remoteBinding
	if err := c.call(ctx, "GET", scriptPath(account, name)+"/bindings", nil, &bindings); err != nil {
		return scriptRead{}, fmt.Errorf("reading the bindings of worker script %s: %w", name, err)
	}
	found.account, found.name, found.bindings = account, name, bindings
	return scriptRead{ID: name, Inputs: found.over(req.Inputs), State: found.over(req.State)}, nil
}

// Delete deletes the script; one that is gone already is no error.
func (*WorkersScript) Delete(ctx context.Context, req infer.DeleteRequest[WorkersScriptArgs]) (infer.DeleteResponse, error) {
	c, err := api(ctx)
	if err != nil {
		return infer.DeleteResponse{}, err
	}
	err = c.call(ctx, "DELETE", scriptPath(req.State.AccountID, req.State.Name), nil, nil)
	if err != nil && !gone(err) {
		return infer.DeleteResponse{}, fmt.Errorf("deleting worker script %s: %w", req.State.Name, err)
	}
	return infer.DeleteResponse{}, nil
}

// complete refuses what the official provider refuses before it uploads.
func (a WorkersScriptArgs) complete() error {
	if a.Content == "" {
		return fmt.Errorf("%w: the content of worker script %s is empty; nothing was changed", ErrInput, a.Name)
	}
	seen := map[string]bool{}
	for _, b := range a.bindings() {
		if b.Name == "" || seen[b.Name] {
			return fmt.Errorf("%w: worker script %s has two bindings named %q, or one without a name; nothing was changed", ErrInput, a.Name, b.Name)
		}
		if b.empty() {
			return fmt.Errorf("%w: binding %s of worker script %s is empty; nothing was changed", ErrInput, b.Name, a.Name)
		}
		seen[b.Name] = true
	}
	return nil
}
