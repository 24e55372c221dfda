package runtime

import (
	"os/exec"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestRestBlocksNobody lets an idle process take for ever to end: requests are
// still let in, to this script and so to all.
func TestRestBlocksNobody(t *testing.T) {
	t.Parallel()
	p := &process{cmd: exec.Command("sleep", "60"), done: make(chan struct{})}
	require.NoError(t, p.cmd.Start())
	i := newInstance(Script{}, time.Hour, nil)
	i.proc = p
	rested := make(chan struct{})
	go func() { defer close(rested); i.rest() }()
	require.Error(t, p.cmd.Wait(), "it was asked to end")

	let := make(chan struct{})
	go func() { defer close(let); i.acquire() }()
	select {
	case <-let:
	case <-time.After(5 * time.Second):
		t.Error("a request waits for a process that ends")
	}
	close(p.done)
	<-rested
	<-let
	require.Nil(t, i.current())
}
