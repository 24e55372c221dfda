package main

import (
	"errors"
	"fmt"

	"crane/internal/deployed"
	"crane/internal/release"
)

// mainline is what the newest receipt says that main is.
type mainline struct {
	receipt, commit string
	deployed        deployed.Stack
	reason          error // why there is none
}

// newest is what the newest receipt says.
func newest(store release.Store) mainline {
	signed, err := store.Newest()
	if errors.Is(err, release.ErrNone) && !errors.Is(err, release.ErrMalformed) {
		return mainline{reason: errNoReceipt} // a damaged one lacks its receipt too
	}
	if err != nil {
		return mainline{reason: err}
	}
	return mainline{receipt: signed.Digest(), commit: signed.Commit, deployed: verifiedIn(signed.Receipt)}
}

// errNoReceipt says how one is written.
var errNoReceipt = errors.New("no receipt: crane release writes one")

// verifiedIn is what a receipt has, in the words of a state.
func verifiedIn(r release.Receipt) deployed.Stack {
	s := deployed.Stack{Workers: map[string]deployed.Worker{}, Databases: map[string]deployed.Database{}}
	for name, w := range r.Workers {
		s.Workers[name] = deployed.Worker{
			Bundle: w.Bundle, CompatibilityDate: w.CompatibilityDate, CompatibilityFlags: w.CompatibilityFlags,
		}
	}
	for name, d := range r.Databases {
		db := deployed.Database{Head: d.Head}
		for _, m := range d.Migrations {
			db.Applied = append(db.Applied, deployed.Applied(m))
		}
		s.Databases[name] = db
	}
	return s
}

// off says why staging is off main; nothing when it is on.
func (s sight) off() []string {
	switch {
	case s.main.reason != nil:
		return append([]string{s.main.reason.Error()}, s.staging.stray()...)
	case s.staging.state == none:
		return []string{"nothing is deployed on staging"}
	case s.staging.state == unreadable:
		return []string{fmt.Sprintf("staging's state is not readable here: %v", s.staging.reason)}
	}
	return append(s.staging.deployed.Words(s.main.deployed, "main"), s.staging.stray()...)
}

// stray says where a stack is not as its state has it.
func (v view) stray() []string {
	var lines []string
	if v.deployed.Pending {
		lines = append(lines, "an update did not end")
	}
	for _, r := range v.rows {
		if text := v.altered(r); text != "" {
			lines = append(lines, r.Worker+": "+text)
		}
	}
	return lines
}

// behind is what production lacks of staging, nil when one of them is not known.
func (s sight) behind() *deployed.Difference {
	if s.staging.state != readable || s.production.state == unreadable {
		return nil
	}
	d := s.production.deployed.Against(s.staging.deployed)
	return &d
}
