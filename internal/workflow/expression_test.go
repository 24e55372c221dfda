package workflow_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"crane/internal/workflow"
)

func TestExpand(t *testing.T) {
	t.Parallel()
	contexts := map[string]string{
		"github.token": "job", "secrets.DOCTOR": "", "secrets.OTHER": "other", "inputs.commit": "$(id) ${{ github.token }}", "github.event.pull_request.number": "7",
	}
	for text, want := range map[string]string{
		"plain":                                   "plain",
		"${{ github.token }}":                     "job",
		"${{ secrets.DOCTOR || github.token }}":   "job",
		"${{ secrets.OTHER || github.token }}":    "other",
		"${{ secrets.DOCTOR }}":                   "",
		"${{ secrets.DOCTOR || secrets.DOCTOR }}": "",
		"${{ inputs.commit }}":                    "$(id) ${{ github.token }}",
		"a-${{ github.event.pull_request.number }}-${{ github.token }}": "a-7-job",
	} {
		got, err := workflow.Expand(map[string]string{"A": text}, contexts)
		require.NoError(t, err, text)
		require.Equal(t, map[string]string{"A": want}, got, "a value is not expanded again")
	}
}

func TestExpandRefuses(t *testing.T) {
	t.Parallel()
	contexts := map[string]string{"github.token": "job", "secrets.A": "a"}
	for text, says := range map[string]string{
		"${{ secrets.B }}":                  "secrets.B was not given",
		"${{ secrets.A || secrets.B }}":     "secrets.B was not given",
		"${{ toJSON(secrets) }}":            "not simple",
		"${{ secrets['A'] }}":               "not simple",
		"${{ secrets.A && github.token }}":  "not simple",
		"${{ secrets.A == 'a' }}":           "not simple",
		"${{github.token}}":                 "not simple",
		"${{ SECRETS.A }}":                  "not simple",
		"${{ secrets }}":                    "not simple",
		"${{ github.token":                  "not simple",
		"${{ secrets.A }} ${{ secrets.* }}": "not simple",
	} {
		got, err := workflow.Expand(map[string]string{"A": text}, contexts)
		require.ErrorIs(t, err, workflow.ErrExpression, text)
		require.ErrorContains(t, err, says)
		require.ErrorContains(t, err, "nothing was run")
		require.Nil(t, got)
	}
}

// TestExpandAll: every variable of every step can be given a value, by naming
// the contexts that GitHub has.
func TestExpandAll(t *testing.T) {
	t.Parallel()
	contexts := map[string]string{"github.token": "t", "github.event.pull_request.number": "7", "inputs.commit": "", "inputs.rollback": "false", "inputs.first": "true"}
	for _, name := range []string{"CLOUDFLARE_API_TOKEN", "PULUMI_CONFIG_PASSPHRASE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "CRANE_INFISICAL_CLIENT_SECRET", "CRANE_DOCTOR_TOKEN"} {
		contexts["secrets."+name] = "s"
	}
	for _, f := range read(t) {
		for _, j := range f.Jobs {
			for _, s := range j.Steps {
				values, err := workflow.Expand(s.Variables(), contexts)
				require.NoError(t, err, f.Name)
				for name, value := range values {
					require.False(t, strings.Contains(value, "${{"), "%s: %s", f.Name, name)
				}
			}
		}
	}
}
