package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"slices"
	"strings"

	"crane/internal/hint"
	"crane/internal/lint"
	"crane/internal/migrate"
	"crane/internal/schema"
)

// fileVerdict is one pending file in the JSON document of plan and lint.
type fileVerdict struct {
	Name     string        `json:"name"`
	Verdict  string        `json:"verdict"`
	Refused  bool          `json:"refused"`
	Counted  []string      `json:"counted"`
	Findings []fileFinding `json:"findings"`
}

type fileFinding struct {
	Rule     string `json:"rule"`
	Level    string `json:"level"`
	Line     int    `json:"line"`
	Column   int    `json:"column"`
	Message  string `json:"message"`
	Rewrite  string `json:"rewrite"`
	Accepted string `json:"accepted,omitempty"`
}

// databaseVerdict is one database in it.
type databaseVerdict struct {
	Database string        `json:"database"`
	Pending  []fileVerdict `json:"pending"`
}

func (w world) migratePlan(ctx context.Context, args []string) error {
	c, err := w.chooseOnly("plan", args, func(*flag.FlagSet) {})
	if err != nil {
		return err
	}
	all, verdicts, err := w.judgeLive(ctx, c)
	if err != nil {
		return err
	}
	for i := range all {
		if err := all[i].count(ctx, verdicts[i]); err != nil {
			return naming(all[i], err)
		}
	}
	return w.tellPlan(c, all, verdicts)
}

// tellPlan shows a line per pending file.
func (w world) tellPlan(c chosen, all []ledgered, verdicts [][]lint.Verdict) error {
	if c.json {
		return errors.Join(w.encode(document(all, verdicts)), refusal(verdicts))
	}
	for i, db := range all {
		if len(verdicts[i]) == 0 {
			fmt.Fprintf(w.stdout, "%s: nothing is pending\n", db.Name)
		}
		for _, v := range verdicts[i] {
			fmt.Fprintf(w.stdout, "%s: %s: %s%s\n", db.Name, v.File, v, db.counting(v))
		}
	}
	return refusal(verdicts)
}

// count asks about how many rows there are, if anything will be counted.
func (db *ledgered) count(ctx context.Context, verdicts []lint.Verdict) error {
	if !slices.ContainsFunc(verdicts, func(v lint.Verdict) bool { return len(v.Counted) > 0 }) {
		return nil
	}
	live, err := migrate.Inspect(ctx, db.live)
	if err == nil {
		db.rows, err = migrate.Rows(ctx, db.live, live.Schema)
	}
	return err
}

// counting says what the guard counts, and about how many rows that reads.
func (db ledgered) counting(v lint.Verdict) string {
	var tables []string
	for _, name := range v.Counted {
		tables = append(tables, fmt.Sprintf("%s (%s rows)", name, cmp.Or(db.rows[name], "unknown")))
	}
	if len(tables) == 0 {
		return ""
	}
	return "; counts " + strings.Join(tables, ", ") + " before and after"
}

func (w world) migrateLint(ctx context.Context, args []string) error {
	var against, explain string
	c, err := w.chooseOnly("lint", args, func(f *flag.FlagSet) {
		f.StringVar(&against, "against", "", "")
		f.StringVar(&explain, "explain", "", "")
	})
	if err != nil {
		return err
	}
	if explain != "" {
		return w.explain(explain)
	}
	judge := w.judgeLive
	if against != "" {
		judge = func(ctx context.Context, c chosen) ([]ledgered, [][]lint.Verdict, error) {
			return w.judgeAgainst(ctx, c, against)
		}
	}
	all, verdicts, err := judge(ctx, c)
	if err != nil {
		return err
	}
	if c.json {
		return errors.Join(w.encode(document(all, verdicts)), refusal(verdicts))
	}
	for i, db := range all {
		for _, v := range verdicts[i] {
			for _, f := range v.Findings {
				w.showFinding(db, f)
			}
		}
	}
	return refusal(verdicts)
}

// showFinding is place and rule on one line, then what to write instead.
func (w world) showFinding(db ledgered, f lint.Finding) {
	fmt.Fprintf(w.stdout, "%s/%s:%d:%d: %s: %s: %s\n", db.Migrations, f.File, f.Line, f.Column, f.Level, f.Rule, f.Message)
	if f.Accepted != "" {
		fmt.Fprintf(w.stdout, "    accepted: %s\n", f.Accepted)
		return
	}
	fmt.Fprintf(w.stdout, "    %s\n", strings.ReplaceAll(strings.TrimSpace(f.Rewrite), "\n", "\n    "))
	if f.Level == lint.Risk {
		fmt.Fprintf(w.stdout, "    or, if it may be, in the file: %s\n", lint.Rule{ID: f.Rule, Level: f.Level}.Acknowledgement())
	}
}

func (w world) explain(id string) error {
	rule, err := lint.Explain(id)
	if err != nil {
		return hint.Wrap(err, "crane migrate lint --explain RULE, with one of these")
	}
	accept := ""
	if text := rule.Acknowledgement(); text != "" {
		accept = "\nOr, if it may be, in the file:\n    " + text + "\n"
	}
	fmt.Fprintf(w.stdout, "%s (%s)\n%s\n\nInstead:\n%s\n%s\nFor example, with\n%s\nthis is found:\n%s\nand this is not:\n%s\n", rule.ID, rule.Level,
		rule.Sentence, indented(rule.Rewrite), accept, indented(rule.Case.Schema), indented(rule.Case.File), indented(rule.Near.File))
	return nil
}

func indented(text string) string {
	return "    " + strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n    ")
}

// judgeLive judges what is pending against the live schemas.
func (w world) judgeLive(ctx context.Context, c chosen) ([]ledgered, [][]lint.Verdict, error) {
	all, err := c.pick()
	if err != nil {
		return nil, nil, err
	}
	if err := w.connect(ctx, c, all); err != nil {
		return nil, nil, err
	}
	return judged(ctx, all, func(db ledgered) (schema.Schema, []migrate.File, error) {
		status, err := migrate.Look(ctx, db.live, db.files)
		if err == nil && len(status.Problems) > 0 {
			err = &migrate.ConflictError{Problems: status.Problems}
		}
		return status.Schema, status.Pending, err
	})
}

// judged judges each database's pending files against what it is.
func judged(ctx context.Context, all []ledgered, look func(ledgered) (schema.Schema, []migrate.File, error)) ([]ledgered, [][]lint.Verdict, error) {
	verdicts := make([][]lint.Verdict, len(all))
	for i, db := range all {
		base, pending, err := look(db)
		if err != nil {
			return nil, nil, naming(db, err)
		}
		if verdicts[i], err = lint.Check(ctx, base, migrate.Linted(pending)); err != nil {
			return nil, nil, naming(db, err)
		}
	}
	return all, verdicts, nil
}

func document(all []ledgered, verdicts [][]lint.Verdict) []databaseVerdict {
	var out []databaseVerdict
	for i, db := range all {
		d := databaseVerdict{Database: db.Name, Pending: []fileVerdict{}}
		for _, v := range verdicts[i] {
			f := fileVerdict{Name: v.File, Verdict: v.String(), Refused: v.Refused(), Counted: append([]string{}, v.Counted...), Findings: []fileFinding{}}
			for _, found := range v.Findings {
				f.Findings = append(f.Findings, fileFinding{found.Rule, string(found.Level), found.Line, found.Column, found.Message, found.Rewrite, found.Accepted})
			}
			d.Pending = append(d.Pending, f)
		}
		out = append(out, d)
	}
	return out
}

// refusal is the error when a file is refused.
func refusal(verdicts [][]lint.Verdict) error {
	for _, vs := range verdicts {
		for _, v := range vs {
			if v.Refused() {
				return &migrate.LintError{Verdicts: vs}
			}
		}
	}
	return nil
}
