package release_test

import (
	"os"
	"testing"

	"crane/stacks/stackstest"
)

// TestMain: the tests are on the local Cloudflare, whatever this project is on.
func TestMain(m *testing.M) {
	stackstest.Rehearse()
	os.Exit(m.Run())
}
