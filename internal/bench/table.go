package bench

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// Table writes the report for a terminal of a hundred columns.
func (r *Report) Table(out io.Writer) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, strings.Join(columns, "\t"))
	for _, m := range r.Measures {
		fmt.Fprintln(w, strings.Join(m.Cells(), "\t"))
	}
	fmt.Fprintln(w)
	for _, b := range r.Budgets {
		fmt.Fprintf(w, "%s\t%s\n", b.Verdict(), b)
	}
	return w.Flush()
}

var columns = []string{"FLEET", "STEP", "TOOL", "MEDIAN", "MIN..MAX", "RUNS", "REQUESTS", "UPLOADS"}

// Cells are a row of a table.
func (m Measure) Cells() []string {
	return []string{
		m.Fleet, m.Step, m.Tool, fmt.Sprintf("%.2f s", m.Median), fmt.Sprintf("%.2f..%.2f", m.Min, m.Max),
		fmt.Sprint(m.Runs), fmt.Sprint(m.Calls), fmt.Sprint(m.Uploads),
	}
}

// Verdict is a word on a budget.
func (b Budget) Verdict() string {
	if b.Holds {
		return "holds"
	}
	return "BROKEN"
}

func (b Budget) String() string {
	return fmt.Sprintf("%s: %s of %s", b.Name, short(b.Measured), short(b.Limit))
}

// short is a number with two decimals where it has any.
func short(v float64) string {
	return strings.TrimSuffix(fmt.Sprintf("%.2f", v), ".00")
}
