package provider

import (
	"context"
	"crypto/md5"
	"fmt"
	"net/url"

	"github.com/pulumi/pulumi-go-provider/infer"
)

// WorkersCronTrigger is cloudflare:index/workersCronTrigger:WorkersCronTrigger,
// all the schedules of one script.
type WorkersCronTrigger struct{}

// WorkersCronTriggerArgs are its inputs and its state.
type WorkersCronTriggerArgs struct {
	AccountID  string   `pulumi:"accountId" provider:"replaceOnChanges"`
	ScriptName string   `pulumi:"scriptName" provider:"replaceOnChanges"`
	Schedules  []string `pulumi:"schedules"`
}

// schedule is one entry of the API's list.
type schedule struct {
	Cron string `json:"cron"`
}

// Annotate sets the official token.
func (*WorkersCronTrigger) Annotate(a infer.Annotator) {
	a.SetToken("index/workersCronTrigger", "WorkersCronTrigger")
}

// Check refuses inputs that do not exist.
func (*WorkersCronTrigger) Check(ctx context.Context, req infer.CheckRequest) (infer.CheckResponse[WorkersCronTriggerArgs], error) {
	return check[WorkersCronTriggerArgs](ctx, req)
}

// Create sets the schedules; an id of the script's checksum is the official one.
func (*WorkersCronTrigger) Create(ctx context.Context, req infer.CreateRequest[WorkersCronTriggerArgs]) (infer.CreateResponse[WorkersCronTriggerArgs], error) {
	err := req.Inputs.put(ctx, req.Inputs.Schedules, req.DryRun)
	return infer.CreateResponse[WorkersCronTriggerArgs]{ID: cronID(req.Inputs.ScriptName), Output: req.Inputs}, err
}

// Update sets the schedules.
func (*WorkersCronTrigger) Update(ctx context.Context, req infer.UpdateRequest[WorkersCronTriggerArgs, WorkersCronTriggerArgs]) (infer.UpdateResponse[WorkersCronTriggerArgs], error) {
	err := req.Inputs.put(ctx, req.Inputs.Schedules, req.DryRun)
	return infer.UpdateResponse[WorkersCronTriggerArgs]{Output: req.Inputs}, err
}

// Read lists the schedules; those of a script that is gone are gone too.
func (*WorkersCronTrigger) Read(ctx context.Context, req infer.ReadRequest[WorkersCronTriggerArgs, WorkersCronTriggerArgs]) (infer.ReadResponse[WorkersCronTriggerArgs, WorkersCronTriggerArgs], error) {
	type response = infer.ReadResponse[WorkersCronTriggerArgs, WorkersCronTriggerArgs]
	c, err := api(ctx)
	if err != nil {
		return response{}, err
	}
	account, script, err := locate(req.State.AccountID, req.State.ScriptName, req.ID, "account_id/script_name")
	if err != nil {
		return response{}, err
	}
	var found struct{ Schedules []schedule }
	err = c.call(ctx, "GET", schedulesPath(account, script), nil, &found)
	if gone(err) {
		return response{}, nil
	}
	if err != nil {
		return response{}, fmt.Errorf("reading the schedules of %s: %w", script, err)
	}
	crons := make([]string, len(found.Schedules))
	for i, s := range found.Schedules {
		crons[i] = s.Cron
	}
	read := func(prior []string) WorkersCronTriggerArgs {
		return WorkersCronTriggerArgs{AccountID: account, ScriptName: script, Schedules: inOrder(prior, crons)}
	}
	return response{ID: cronID(script), Inputs: read(req.Inputs.Schedules), State: read(req.State.Schedules)}, nil
}

// Delete empties the list.
func (*WorkersCronTrigger) Delete(ctx context.Context, req infer.DeleteRequest[WorkersCronTriggerArgs]) (infer.DeleteResponse, error) {
	return infer.DeleteResponse{}, req.State.put(ctx, nil, false)
}

func (a WorkersCronTriggerArgs) put(ctx context.Context, crons []string, dryRun bool) error {
	if dryRun {
		return nil
	}
	c, err := api(ctx)
	if err != nil {
		return err
	}
	body := make([]schedule, len(crons))
	for i, cron := range crons {
		body[i].Cron = cron
	}
	if err := c.call(ctx, "PUT", schedulesPath(a.AccountID, a.ScriptName), body, nil); err != nil {
		return fmt.Errorf("setting the schedules of %s: %w", a.ScriptName, err)
	}
	return nil
}

func schedulesPath(account, script string) string { return scriptPath(account, script) + "/schedules" }

func cronID(script string) string { return fmt.Sprintf("%x", md5.Sum([]byte(script))) }

func scriptPath(account, script string) string {
	return "/accounts/" + url.PathEscape(account) + "/workers/scripts/" + url.PathEscape(script)
}
