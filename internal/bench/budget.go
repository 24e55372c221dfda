package bench

import "fmt"

// The budgets. Where a peer exists they are ratios of one run, because seconds
// say more about the machine.
const (
	previewLimit      = 1.0 // seconds, of the default fleet
	largePreviewLimit = 3.0 // seconds, of a hundred Workers and databases
	largeFleet        = 100
	planLimit         = 1.0  // seconds, of a thousand pending files
	besideFiles       = 5    // requests, however many files there are
	growthLimit       = 1.25 // of what the two smaller fleets let one expect
)

// conclude compares what was measured.
func (r *Report) conclude() {
	for _, fleet := range r.fleets() {
		r.onFleet(fleet)
	}
	if m, ok := r.find(defaultFleet, stepPreview, toolPulumi); ok {
		r.budget("no-op preview of the default fleet, seconds", previewLimit, m.Median)
	}
	r.onMigrations()
	r.onFiles()
	r.onGrowth()
}

func (r *Report) fleets() []string {
	var names []string
	for _, m := range r.Measures {
		if len(names) == 0 || names[len(names)-1] != m.Fleet {
			names = append(names, m.Fleet)
		}
	}
	return names
}

func (r *Report) onFleet(fleet string) {
	if m, ok := r.find(fleet, stepUp, toolPulumi); ok {
		r.budget(fleet+": API requests of a no-op up", 0, float64(m.Calls))
	}
	ours, ok := r.find(fleet, stepChange, toolPulumi)
	if !ok {
		return
	}
	r.budget(fleet+": Workers that a one-Worker change uploads", 1, float64(ours.Uploads))
	name := fleet + ": one-Worker change, pulumi up / wrangler deploy"
	if fleet == defaultFleet {
		r.peer(name, ours, stepChange)
	} else if theirs, ok := r.find(fleet, stepChange, toolWrangler); ok {
		// Pulumi looks at all of a large fleet, wrangler at one Worker of it:
		// worth knowing, but nothing that was promised.
		r.Ratios = append(r.Ratios, Ratio{name, ours.Median / theirs.Median})
	}
}

// onMigrations holds crane to wrangler: the whole command, the requests alone,
// and how many they are.
func (r *Report) onMigrations() {
	ours, ok := r.find(migrationsFleet, stepMigrate, toolPulumi)
	if !ok {
		return
	}
	r.peer("migrations, pulumi up / wrangler apply", ours, stepMigrate)
	theirs, _ := r.find(migrationsFleet, stepMigrate, toolWrangler)
	r.ratio("migrations, from first request to last answer", ours.CallsMedian, theirs.CallsMedian, 1)
	r.onRequests(ours, r.MigrationFiles)
}

// onRequests holds crane to one request per file, and five for all else.
func (r *Report) onRequests(ours Measure, files int) {
	name := fmt.Sprintf("%s: requests for %d files, five more at most", ours.Fleet, files)
	r.budget(name, float64(files+besideFiles), float64(ours.Calls))
}

// onFiles looks at the generated files.
func (r *Report) onFiles() {
	ours, ok := r.find(filesFleet, stepApply, toolCrane)
	if !ok {
		return
	}
	r.peer(fmt.Sprintf("%d files, crane migrate apply / wrangler apply", r.Files), ours, stepApply)
	r.onRequests(ours, r.Files)
	if plan, ok := r.find(filesFleet, stepPlan, toolCrane); ok {
		r.budget(fmt.Sprintf("crane migrate plan of %d files, seconds", r.Files), planLimit, plan.Median)
	}
}

// onGrowth looks at the previews of the generated fleets. Linear means that the
// largest lies on the line through the smaller two.
func (r *Report) onGrowth() {
	var sizes, seconds []float64
	for _, m := range r.Measures {
		var n, other int
		if _, err := fmt.Sscanf(m.Fleet, "%dx%d", &n, &other); err == nil && m.Step == stepPreview {
			sizes, seconds = append(sizes, float64(n)), append(seconds, m.Median)
			if n >= largeFleet {
				r.budget(m.Fleet+": no-op preview, seconds", largePreviewLimit, m.Median)
			}
		}
	}
	if len(sizes) == 3 {
		slope := (seconds[1] - seconds[0]) / (sizes[1] - sizes[0])
		expected := seconds[1] + slope*(sizes[2]-sizes[1])
		r.ratio("no-op preview of the largest fleet / as the smaller ones grow", seconds[2], expected, growthLimit)
	}
}

// peer compares with wrangler's measure of the same step.
func (r *Report) peer(name string, ours Measure, step string) {
	if theirs, ok := r.find(ours.Fleet, step, toolWrangler); ok {
		r.ratio(name, ours.Median, theirs.Median, 1)
	}
}

// ratio notes a ratio and holds it to a limit.
func (r *Report) ratio(name string, a, b, limit float64) {
	if b <= 0 {
		return
	}
	r.Ratios = append(r.Ratios, Ratio{name, a / b})
	r.budget(name, limit, a/b)
}

func (r *Report) budget(name string, limit, measured float64) {
	r.Budgets = append(r.Budgets, Budget{name, limit, measured, measured <= limit})
}
