package main

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// latchHook is the name of the hook. Production's state holds it: a program that
// does not register it cannot delete what is bound to it.
const latchHook = "crane-latch"

// latches keep what production cannot get back, also from somebody who has come
// through the gate. docs/production.md says what each of them does.
type latches struct {
	keeper
	hook *pulumi.ResourceHook
	// on is whether anything is latched; on staging nothing is.
	on bool
}

// newLatches registers the hook, on both stacks and before any resource, so that
// whatever a state holds by mistake is also deleted by the hook's leave only. It
// is asked in previews, too: an update first deletes what has no latch, such as
// a route, and only then comes to what has one.
func newLatches(ctx *pulumi.Context, on bool, k keeper) (*latches, error) {
	k.preview = ctx.DryRun()
	hook, err := ctx.RegisterResourceHook(latchHook, k.ask, &pulumi.ResourceHookOptions{OnDryRun: true})
	return &latches{keeper: k, hook: hook, on: on}, err
}

// database is protected, and if it is deleted nevertheless, Pulumi forgets it
// and leaves it where it is.
func (l *latches) database(name string) []pulumi.ResourceOption {
	if l.on && !l.retire.Database(name) {
		return append(l.migrations(), pulumi.Protect(true), pulumi.RetainOnDelete(true))
	}
	return l.migrations()
}

// script is protected. It is not retained: a script that Pulumi has forgotten
// goes on answering, with live secrets.
func (l *latches) script(name string) []pulumi.ResourceOption {
	if l.on && !l.retire.Worker(name) {
		return append(l.migrations(), pulumi.Protect(true))
	}
	return l.migrations()
}

// migrations have the hook alone, which stays on what is being retired.
func (l *latches) migrations() []pulumi.ResourceOption {
	if !l.on {
		return nil
	}
	return []pulumi.ResourceOption{pulumi.ResourceHooks(&pulumi.ResourceHookBinding{
		BeforeDelete: []*pulumi.ResourceHook{l.hook},
	})}
}
