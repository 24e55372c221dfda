package lint_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"crane/internal/lint"
)

var update = flag.Bool("update", false, "write the catalogue in docs/migrations.md")

const (
	document = "../../docs/migrations.md"
	begin    = "<!-- catalogue: written by go test ./internal/lint -update -->\n"
	end      = "<!-- end of the catalogue -->\n"
)

// TestCatalogue holds the document to the rules. What it says of an engine is
// what TestExamplesOnTheRealEngine has checked there.
func TestCatalogue(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(document)
	require.NoError(t, err)
	before, rest, ok := strings.Cut(string(text), begin)
	require.True(t, ok)
	_, after, ok := strings.Cut(rest, end)
	require.True(t, ok)
	want := before + begin + catalogue() + end + after
	if *update {
		require.NoError(t, os.WriteFile(document, []byte(want), 0o644))
		return
	}
	require.Equal(t, want, string(text), "stale: go test ./internal/lint -run TestCatalogue -update")
}

func catalogue() string {
	var out strings.Builder
	out.WriteString("| rule | level | why | on an empty database | with rows |\n|---|---|---|---|---|\n")
	for _, r := range lint.Rules() {
		fmt.Fprintf(&out, "| `%s` | %s | %s | %s | %s |\n", r.ID, r.Level, cell(r.Sentence), cell(r.Case.Empty), cell(r.Case.Full))
	}
	return out.String()
}

// cell keeps a text within its cell.
func cell(text string) string {
	if text == "" {
		return "the same"
	}
	return strings.NewReplacer("|", "\\|", "\n", " ", "<", "&lt;").Replace(text)
}
