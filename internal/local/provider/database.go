package provider

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"
)

// databaseName is what the official provider allows as a database's name.
var databaseName = regexp.MustCompile(`^[a-z0-9][a-z0-9-_]*$`)

// D1Database is cloudflare:index/d1Database:D1Database.
type D1Database struct{}

// D1DatabaseArgs are its inputs. It cannot be changed, only replaced.
type D1DatabaseArgs struct {
	AccountID string `pulumi:"accountId" provider:"replaceOnChanges"`
	Name      string `pulumi:"name" provider:"replaceOnChanges"`
}

// D1DatabaseState is its state; the id is the database's uuid.
type D1DatabaseState struct {
	D1DatabaseArgs
	Version string `pulumi:"version"`
}

// database is the part of the API's answer that the provider reads.
type database struct{ UUID, Name, Version string }

// Annotate sets the official token.
func (*D1Database) Annotate(a infer.Annotator) { a.SetToken("index/d1Database", "D1Database") }

// Check refuses a name that the official provider refuses.
func (*D1Database) Check(ctx context.Context, req infer.CheckRequest) (infer.CheckResponse[D1DatabaseArgs], error) {
	res, err := check[D1DatabaseArgs](ctx, req)
	if name := req.NewInputs.Get("name"); name.IsString() && !databaseName.MatchString(name.AsString()) {
		res.Failures = append(res.Failures, p.CheckFailure{Property: "name",
			Reason: fmt.Sprintf("%q is not lower-case letters, digits, - and _, beginning with a letter or a digit", name.AsString())})
	}
	return res, err
}

// Create makes the database.
func (*D1Database) Create(ctx context.Context, req infer.CreateRequest[D1DatabaseArgs]) (infer.CreateResponse[D1DatabaseState], error) {
	state := D1DatabaseState{D1DatabaseArgs: req.Inputs}
	if req.DryRun {
		return infer.CreateResponse[D1DatabaseState]{Output: state}, nil
	}
	c, err := api(ctx)
	if err != nil {
		return infer.CreateResponse[D1DatabaseState]{}, err
	}
	var made database
	body := map[string]string{"name": req.Inputs.Name}
	if err := c.call(ctx, "POST", databasesPath(req.Inputs.AccountID), body, &made); err != nil {
		err = fmt.Errorf("creating D1 database %s: %w", req.Inputs.Name, err)
		if taken(err) {
			err = hinted(err, recoverHint)
		}
		return infer.CreateResponse[D1DatabaseState]{}, err
	}
	state.Version = made.Version
	return infer.CreateResponse[D1DatabaseState]{ID: made.UUID, Output: state}, nil
}

// Read looks a database up, by its id or by account/id for an import. One that
// is gone is an error, as it is with the official provider: losing a database
// unnoticed is worse than a refresh that stops.
func (*D1Database) Read(ctx context.Context, req infer.ReadRequest[D1DatabaseArgs, D1DatabaseState]) (infer.ReadResponse[D1DatabaseArgs, D1DatabaseState], error) {
	type response = infer.ReadResponse[D1DatabaseArgs, D1DatabaseState]
	c, err := api(ctx)
	if err != nil {
		return response{}, err
	}
	account, id, err := locate(req.State.AccountID, req.ID, req.ID, "account_id/database_id")
	if err != nil {
		return response{}, err
	}
	var found database
	err = c.call(ctx, "GET", databasesPath(account)+"/"+url.PathEscape(id), nil, &found)
	if gone(err) {
		return response{}, hinted(fmt.Errorf("%w; nothing was changed: %w", ErrGone, err), driftHint)
	}
	if err != nil {
		return response{}, fmt.Errorf("reading D1 database %s: %w", id, err)
	}
	args := D1DatabaseArgs{AccountID: account, Name: found.Name}
	return response{ID: id, Inputs: args, State: D1DatabaseState{args, found.Version}}, nil
}

// Delete deletes the database and everything in it.
func (*D1Database) Delete(ctx context.Context, req infer.DeleteRequest[D1DatabaseState]) (infer.DeleteResponse, error) {
	c, err := api(ctx)
	if err != nil {
		return infer.DeleteResponse{}, err
	}
	err = c.call(ctx, "DELETE", databasesPath(req.State.AccountID)+"/"+url.PathEscape(req.ID), nil, nil)
	if err != nil {
		return infer.DeleteResponse{}, fmt.Errorf("deleting D1 database %s: %w", req.State.Name, err)
	}
	return infer.DeleteResponse{}, nil
}

// codeTaken is D1's answer to a name that another database has.
const codeTaken = "7502: "

func taken(err error) bool {
	refused, ok := errors.AsType[*apiError](err)
	return ok && slices.ContainsFunc(refused.Messages, func(m string) bool { return strings.HasPrefix(m, codeTaken) })
}

func databasesPath(account string) string {
	return "/accounts/" + url.PathEscape(account) + "/d1/database"
}
