package bench

import (
	"fmt"
	"time"
)

// Report is what was measured, and bench.json. Fields are only ever added; all
// times are in seconds.
type Report struct {
	// Time is when it began, UTC.
	Time time.Time `json:"time"`
	// Machine is what it ran on.
	Machine Machine `json:"machine"`
	// Runs is how often each step was measured, but for the first updates of
	// generated fleets, and the generated files, which is at most twice.
	Runs int `json:"runs"`
	// MigrationFiles is how many files the migrations step applies.
	MigrationFiles int `json:"migrationFiles"`
	// Files is how many generated files the migrate-apply step applies.
	Files int `json:"files"`
	// Measures are the steps, fleet by fleet.
	Measures []Measure `json:"measures"`
	// Ratios compare measures of this very run.
	Ratios []Ratio `json:"ratios"`
	// Budgets say what was allowed and whether it held.
	Budgets []Budget `json:"budgets"`
}

// Measure is one step of one tool on one fleet.
type Measure struct {
	// Fleet is default, migrations, files, or its size, such as 100x100.
	Fleet string `json:"fleet"`
	// Step is first-up, no-op-preview, no-op-up, one-worker-change, migrations,
	// migrate-plan or migrate-apply.
	Step string `json:"step"`
	// Tool is crane, pulumi or wrangler.
	Tool string `json:"tool"`
	// Runs is how many samples there are.
	Runs int `json:"runs"`
	// Seconds has each sample, in their order.
	Seconds []float64 `json:"seconds"`
	// Median, Min and Max are of Seconds.
	Median float64 `json:"median"`
	Min    float64 `json:"min"`
	Max    float64 `json:"max"`
	// Calls is the most API requests that any run made.
	Calls int `json:"calls"`
	// CallsMedian is the median time from a run's first API request to its last
	// answer.
	CallsMedian float64 `json:"callsMedian"`
	// Uploads is the most Workers that any run uploaded.
	Uploads int `json:"uploads"`
}

func (m Measure) String() string {
	return fmt.Sprintf("%s: %s with %s took %.2f s (%.2f..%.2f), %d API requests", m.Fleet, m.Step, m.Tool, m.Median, m.Min, m.Max, m.Calls)
}

// Ratio divides one measure by another.
type Ratio struct {
	// Name says what is divided by what.
	Name string `json:"name"`
	// Value is below one where the first is the quicker.
	Value float64 `json:"value"`
}

// Budget is a promise and what became of it.
type Budget struct {
	// Name is what was promised.
	Name string `json:"name"`
	// Limit is the most that Measured may be.
	Limit float64 `json:"limit"`
	// Measured is in the unit that Name says.
	Measured float64 `json:"measured"`
	// Holds reports whether it is within the limit.
	Holds bool `json:"holds"`
}

// find gives a measure, if it was made.
func (r *Report) find(fleet, step, tool string) (Measure, bool) {
	for _, m := range r.Measures {
		if m.Fleet == fleet && m.Step == step && m.Tool == tool {
			return m, true
		}
	}
	return Measure{}, false
}
