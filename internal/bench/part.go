package bench

import (
	"context"
	"fmt"
	"slices"
)

// The fleets that are not named by their size.
const (
	defaultFleet    = "default"
	migrationsFleet = "migrations"
	filesFleet      = "files"
)

// generatedFleets are those that are named by their size, as Config.Only calls them.
const generatedFleets = "generated"

// fileRuns is how often the generated files are applied at most: wrangler takes
// minutes for a thousand.
const fileRuns = 2

// mostWorkers is what a paid account may have.
const mostWorkers = 500

// part is one fleet and what is measured on it.
type part struct {
	// name is the fleet's in the report: default, migrations, files, or 100x100.
	name string
	// pairs is the number of Workers and databases; 0 for the project's own.
	pairs int
	// bare leaves the databases without migrations.
	bare  bool
	runs  int
	steps []step
}

// step measures something and adds it to the report.
type step func(context.Context, *workspace, part, *Report) error

// parts are the fleets to measure: the project's own, two for migrations, and
// generated ones of three sizes.
func (c Config) parts() []part {
	var all []part
	add := func(kind string, parts ...part) {
		if c.Only == "" || c.Only == kind {
			all = append(all, parts...)
		}
	}
	add(defaultFleet, part{name: defaultFleet, runs: c.Runs, steps: []step{firstUps, previews, ups, changes}})
	add(migrationsFleet, part{name: migrationsFleet, runs: c.Runs, pairs: 2 * c.Runs, bare: true, steps: []step{migrations}})
	if c.Files > 0 {
		runs := min(c.Runs, fileRuns)
		add(filesFleet, part{name: filesFleet, runs: runs, pairs: 2 * runs, bare: true, steps: []step{files}})
	}
	add(generatedFleets, c.growing()...)
	return all
}

// growing are generated fleets, from which one sees whether time grows with size
// or faster.
func (c Config) growing() []part {
	var all []part
	for _, n := range sizes(c.Size) {
		p := part{name: fmt.Sprintf("%dx%d", n, n), runs: c.Runs, pairs: n, steps: []step{firstUp, previews}}
		if n == c.Size {
			p.steps = append(p.steps, ups, changes)
		}
		all = append(all, p)
	}
	return all
}

// sizes are a tenth, a half and the whole. Fewer than ten Workers say nothing
// about growth.
func sizes(workers int) []int {
	if workers == 0 {
		return nil
	}
	if workers < 10 {
		return []int{workers}
	}
	return slices.Compact([]int{workers / 10, workers / 2, workers})
}
