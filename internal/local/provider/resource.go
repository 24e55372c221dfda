package provider

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"strings"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"
)

// check decodes inputs, after refusing by name every one that this stand-in
// lacks although the official plugin may have it.
func check[I any](ctx context.Context, req infer.CheckRequest) (infer.CheckResponse[I], error) {
	known := properties(reflect.TypeFor[I]())
	inputs := req.NewInputs
	var unknown []p.CheckFailure
	for name := range req.NewInputs.All {
		if !known[name] {
			inputs = inputs.Delete(name)
			unknown = append(unknown, p.CheckFailure{Property: name,
				Reason: "the stand-in for the cloudflare plugin does not support it; " + installHint})
		}
	}
	args, failures, err := infer.DefaultCheck[I](ctx, inputs)
	return infer.CheckResponse[I]{Inputs: args, Failures: append(unknown, failures...)}, err
}

// properties are the names in a struct's pulumi tags.
func properties(t reflect.Type) map[string]bool {
	names := map[string]bool{}
	for _, field := range reflect.VisibleFields(t) {
		if tag, ok := field.Tag.Lookup("pulumi"); ok {
			name, _, _ := strings.Cut(tag, ",")
			names[name] = true
		}
	}
	return names
}

// locate tells the account and the name of an object: those of its state, or
// for an import, which has no state, the two parts of the id.
func locate(account, name, id, form string) (string, string, error) {
	if account != "" {
		return account, name, nil
	}
	account, name, ok := strings.Cut(id, "/")
	if !ok || account == "" || name == "" {
		return "", "", fmt.Errorf("%w: %q, it should be %s", ErrImport, id, form)
	}
	return account, name, nil
}

// gone reports whether the API said that an object does not exist.
func gone(err error) bool {
	var refused *apiError
	return errors.As(err, &refused) && refused.Status == http.StatusNotFound
}
