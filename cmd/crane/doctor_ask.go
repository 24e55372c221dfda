package main

import (
	"cmp"
	"context"
	"errors"
	"os"
	"strings"

	"crane/internal/doctor"
	"crane/internal/local"
	"crane/internal/local/account"
	"crane/internal/local/infisical"
	"crane/internal/local/issuer"
	"crane/internal/project"
	"crane/internal/secrets"
	"crane/stacks"
)

// issuerOf is the address of the gate's issuer.
func issuerOf(gate stacks.Gate, s project.Settings) string {
	if gate.Issuer != stacks.LocalIssuer {
		return gate.Issuer
	}
	return strings.TrimSuffix(s.Infisical, "/") + issuer.Prefix
}

// askInfisical asks as staging's identity. Where staging's secrets come from
// somewhere else there is none to ask as.
func (w world) askInfisical(s *doctor.Subject, staging, production project.Settings) {
	if cmp.Or(staging.Secrets, secrets.FromInfisical) != secrets.FromInfisical || staging.InfisicalClient == "" {
		return
	}
	secret := w.hidden(secrets.ClientSecretVariable)
	if staging.Local() && stacks.Loopback(staging.InfisicalHost()) {
		secret = cmp.Or(secret, infisical.Staging.Universal.ClientSecret)
	}
	s.Infisical = doctor.NewInfisical(nil, doctor.Access{
		Site: staging.Infisical, Project: staging.InfisicalProject, Client: staging.InfisicalClient, Secret: secret,
		Identity: production.InfisicalIdentity,
	})
}

// askLocal asks the local Cloudflare, with the public tokens of both accounts.
func (w world) askLocal(s *doctor.Subject, c local.Config, staging project.Settings) error {
	client, err := c.Client()
	if err != nil {
		return err
	}
	token := cmp.Or(w.hidden("CLOUDFLARE_API_TOKEN"), account.Staging.Token)
	if s.Cloudflare, err = doctor.NewCloudflare(client, staging.APIHost, token); err != nil {
		return err
	}
	if s.Local {
		s.Production, err = doctor.NewCloudflare(client, staging.APIHost, account.Production.Token)
	}
	return err
}

// stateFor is where a stack's state is read: in the file that was named, in the
// backend, or else as the workflows have published it.
func (w world) stateFor(l project.Layout, stack stacks.Stack, file string, env func(project.Layout) ([]string, error)) doctor.State {
	return func(ctx context.Context) (doctor.Export, error) {
		if file != "" {
			text, err := os.ReadFile(file)
			return doctor.Export{Text: text}, err
		}
		if !begun(l, stack) {
			return doctor.Export{}, doctor.ErrNoState
		}
		text, err := w.export(ctx, l, stack, env)
		if errors.Is(err, errNoStack) && stack.LocalState() {
			return doctor.Export{}, doctor.ErrNoState
		}
		if err != nil && !stack.LocalState() {
			if copied, none := publishedState(l, stack); none == nil {
				return copied, nil
			}
		}
		return doctor.Export{Text: text}, err
	}
}

// publishedState is what crane fetch states has kept, which was fetched when the
// file was written.
func publishedState(l project.Layout, stack stacks.Stack) (doctor.Export, error) {
	file := l.Hidden("preview", stack.Name+".json")
	info, err := os.Stat(file)
	if err != nil {
		return doctor.Export{}, err
	}
	text, err := os.ReadFile(file)
	return doctor.Export{Text: text, Copied: info.ModTime()}, err
}
