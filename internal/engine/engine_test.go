package engine

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestEndsWithItsParent(t *testing.T) {
	t.Parallel()
	var parent atomic.Int64
	parent.Store(42)
	ctx := watch(t.Context(), func() int { return int(parent.Load()) }, time.Millisecond)
	select {
	case <-ctx.Done():
		require.Fail(t, "it ended although its parent is there")
	case <-time.After(20 * time.Millisecond):
	}
	parent.Store(1) // what the system makes the parent of an orphan
	select {
	case <-ctx.Done():
	case <-time.After(10 * time.Second):
		require.Fail(t, "it outlives its parent")
	}
}

func TestEndsWithItsContext(t *testing.T) {
	t.Parallel()
	outer, cancel := context.WithCancel(t.Context())
	ctx := watch(outer, func() int { return 42 }, time.Hour)
	cancel()
	<-ctx.Done()
	require.ErrorIs(t, ctx.Err(), context.Canceled)
}
