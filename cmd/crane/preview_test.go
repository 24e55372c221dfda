package main

import (
	"encoding/json"
	"os"
	"reflect"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// sameSteps compares two documents of `pulumi preview --json` by what they would
// do to what, and by which difference: samesteps FILE FILE.
func sameSteps(ts *testscript.TestScript, _ bool, args []string) {
	one, other := steps(ts, args[0]), steps(ts, args[1])
	if len(one) == 0 {
		ts.Fatalf("%s has no step", args[0])
	}
	if !reflect.DeepEqual(one, other) {
		ts.Fatalf("%s and %s differ:\n%v\n%v", args[0], args[1], one, other)
	}
}

// steps are those that change anything, without what was encrypted or measured.
func steps(ts *testscript.TestScript, file string) []map[string]any {
	text, err := os.ReadFile(ts.MkAbs(file))
	ts.Check(err)
	var plan struct{ Steps []map[string]any }
	ts.Check(json.Unmarshal(text, &plan))
	var out []map[string]any
	for _, s := range plan.Steps {
		if s["op"] != "same" {
			out = append(out, map[string]any{
				"op": s["op"], "urn": s["urn"], "diff": s["detailedDiff"], "replace": s["replaceReasons"],
			})
		}
	}
	slices.SortFunc(out, func(a, b map[string]any) int { return strings.Compare(a["urn"].(string), b["urn"].(string)) })
	return out
}
