// Package engine watches the Pulumi engine that started a plugin. The library
// that serves plugins stays for ever when its engine is killed, see
// https://github.com/pulumi/pulumi, pkg/resource/provider/main.go: what its
// health check cancels is not what its server waits for.
package engine

import (
	"context"
	"os"
	"time"
)

// every is how often the parent is looked at.
const every = time.Second

// Context ends when the process that started this one has ended, so that no
// plugin is left behind. Requests under way may finish.
func Context(ctx context.Context) context.Context { return watch(ctx, os.Getppid, every) }

func watch(ctx context.Context, parent func() int, every time.Duration) context.Context {
	ctx, cancel := context.WithCancel(ctx)
	first := parent()
	go func() {
		defer cancel()
		ticker := time.NewTicker(every)
		defer ticker.Stop()
		for parent() == first {
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
			}
		}
	}()
	return ctx
}
