package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"crane/internal/deployed"
	"crane/internal/project"
	"crane/stacks"
)

// view is one stack as this shell sees it: what its state says, and what its
// Workers say.
type view struct {
	stack    stacks.Stack
	state    string
	reason   error // why it is unreadable
	deployed deployed.Stack
	rows     []workerStatus
}

// sight is everything that crane status shows.
type sight struct {
	staging, production view
	main                mainline
	next                string // what to do about a Worker that is not healthy
}

// look asks everybody at once: the Workers of staging while the states are read,
// the Workers of production when its state has said which there are.
func (w world) look(ctx context.Context, l project.Layout, s project.Settings) (sight, error) {
	p, err := l.ReadSettings(stacks.Production.Name)
	if err != nil {
		return sight{}, err
	}
	seen := sight{main: newest(releases(l, "")), next: next(l, s)}
	var health []workerStatus
	var all sync.WaitGroup
	all.Go(func() { health = askOn(ctx, stacks.Staging, s.Domain, namesOf(stacks.Default().For(stacks.Staging))) })
	all.Go(func() { seen.staging = w.read(ctx, l, stacks.Staging, w.built) })
	all.Go(func() {
		seen.production = w.read(ctx, l, stacks.Production, w.reading)
		seen.production.rows = askOn(ctx, stacks.Production, p.Domain, seen.production.workers())
	})
	all.Wait()
	seen.staging.rows = health
	if !slices.ContainsFunc(health, ill) {
		seen.next = nextOnProduction(l, p)
	}
	seen.staging.annotate()
	seen.production.annotate()
	return seen, nil
}

// namesOf are the Workers of a fleet.
func namesOf(f stacks.Fleet) []string {
	var names []string
	for _, worker := range f.Workers {
		names = append(names, worker.Name)
	}
	return names
}

func ill(r workerStatus) bool { return r.Health != "healthy" }

// expected are the Workers that have to be healthy: all of staging, and those of
// production that are known to be there, by its state or by their own answer.
func (s sight) expected() []workerStatus {
	rows := slices.Clone(s.staging.rows)
	for _, r := range s.production.rows {
		if s.production.state == readable || r.Health != silent {
			rows = append(rows, r)
		}
	}
	return rows
}

// workers are those that the state has, in the fleet's order, then those that are
// no longer in the fleet. Nobody knows them when the state cannot be read: then it
// is the fleet.
func (v view) workers() []string {
	names := namesOf(stacks.Default().For(v.stack))
	if v.state == unreadable {
		return names
	}
	for _, name := range slices.Sorted(maps.Keys(v.deployed.Workers)) {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return slices.DeleteFunc(names, func(name string) bool { _, ok := v.deployed.Workers[name]; return !ok })
}

// annotate adds to what each Worker says what the state says of it.
func (v view) annotate() {
	for i, r := range v.rows {
		had := v.deployed.Workers[r.Worker]
		v.rows[i].Bundle = had.Bundle
		if !had.VerifiedAt.IsZero() {
			v.rows[i].Deployed = had.VerifiedAt.UTC().Format(time.RFC3339)
		}
		if text := v.altered(r); text != "" && r.Detail == "" {
			v.rows[i].Detail = text
		}
	}
}

// altered says that a Worker answers with another revision than the state has.
func (v view) altered(r workerStatus) string {
	had, ok := v.deployed.Workers[r.Worker]
	if !ok || r.Health == silent || r.Revision == had.Revision {
		return ""
	}
	return fmt.Sprintf("answers with revision %.12s, the state has %.12s", r.Revision, had.Revision)
}
