package main

import (
	"fmt"
	"io"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPulumiHint(t *testing.T) {
	t.Parallel()
	for said, want := range map[string]string{
		"error: the stack is currently locked by 1 lock(s)":                                  busyHint("make up"),
		"error: no stack named 'staging' found":                                              "crane up",
		"error: 1 error occurred:\n\t* script already exists":                                takenHint,
		"error: creating D1 database: the name is taken (7502)":                              takenHint,
		"answered 400: 7502: A database with the name notes already exists":                  takenHint,
		"error: script already exists: watch; nothing was changed\nhint: crane recover":      "",
		"error: 0002_b.sql: Your account has exceeded D1's free tier daily row write limit.": "wait until midnight UTC, or upgrade the account's plan, then run the same command again",
		"error: creating D1 database notes: POST /d1/database answered 500: 10013: x":        "run the same command again: what was done is kept",
		"error: something new": "read what pulumi said above; what it did before is kept, and make up goes on from there",
	} {
		var lines lastLines
		_, err := fmt.Fprintln(lines.tee(io.Discard), said)
		require.NoError(t, err)
		require.Equal(t, want, lines.hint(), said)
	}
}
