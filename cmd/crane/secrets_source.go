package main

import (
	"context"
	"encoding/json"
	"net/http"

	"crane/internal/idtoken"
	"crane/internal/local/infisical"
	"crane/internal/local/issuer"
	"crane/internal/project"
	"crane/internal/promotion"
	"crane/internal/secrets"
	"crane/stacks"
)

// source is where a stack's secrets come from. On the local Cloudflare both
// stacks can be read, because what is there is made up; anywhere else with what
// this process holds, and with that alone.
func (w world) source(ctx context.Context, l project.Layout, stack stacks.Stack) (secrets.Source, error) {
	s, err := l.ReadSettings(stack.Name)
	if err != nil {
		return nil, err
	}
	declared := secrets.Declared{
		Source: s.Secrets, Site: s.Infisical, Project: s.InfisicalProject, Client: s.InfisicalClient, Identity: s.InfisicalIdentity,
	}
	environ := w.environ()
	if s.Local() && stacks.Loopback(s.InfisicalHost()) {
		public, err := w.localIdentity(ctx, l, s)
		if err != nil {
			return nil, err
		}
		environ = append(public, environ...)
	}
	return declared.Open(secrets.Outside{Environ: environ, Redactor: w.redactor})
}

// localIdentity are the variables with which a stack's identity logs in to the
// local Infisical.
func (w world) localIdentity(ctx context.Context, l project.Layout, s project.Settings) ([]string, error) {
	if s.InfisicalIdentity == "" {
		return []string{secrets.ClientSecretVariable + "=" + infisical.Staging.Universal.ClientSecret}, nil
	}
	return w.jobEnviron(ctx, l, s, issuer.Promotion)
}

// jobEnviron are the variables of the job that this process is part of; outside of
// one, those of a job that is started at the local issuer.
func (w world) jobEnviron(ctx context.Context, l project.Layout, s project.Settings, claims func(sha string) issuer.Claims) ([]string, error) {
	if own := w.holding([]string{idtoken.URLVariable, idtoken.TokenVariable}); len(own) == 2 {
		return own, nil
	}
	job, err := startJob(ctx, s, claims(w.head(ctx, l)))
	if err != nil {
		return nil, err
	}
	return []string{idtoken.URLVariable + "=" + job.URL, idtoken.TokenVariable + "=" + job.Token}, nil
}

// startJob starts a job at the local issuer, as GitHub would.
func startJob(ctx context.Context, s project.Settings, claims issuer.Claims) (issuer.Job, error) {
	return issuer.StartJob(ctx, http.DefaultClient, "http://"+s.InfisicalHost()+issuer.Prefix, claims)
}

// head is the commit that is checked out; none outside a repository.
func (w world) head(ctx context.Context, l project.Layout) string {
	commit, err := promotion.Checkout{Root: l.Root, Path: w.getenv("PATH")}.Head(ctx)
	if err != nil {
		return ""
	}
	return commit
}

func picking(h held, source secrets.Source) func([]stacks.Secret) (map[string]string, error) {
	return func(want []stacks.Secret) (map[string]string, error) {
		return secrets.Pick(h.values, want, h.Secrets, source)
	}
}

// document prints machine-readable output that has names and digests only.
func (w world) document(what any) error { return json.NewEncoder(w.names).Encode(what) }
