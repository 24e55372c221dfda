package stacks_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"crane/stacks"
)

// full is a fleet with exactly what a plan allows on one stack.
func full(p stacks.Plan) stacks.Fleet {
	f := stacks.Fleet{Plan: p}
	for i := range p.Workers {
		f.Workers = append(f.Workers, stacks.Worker{Name: fmt.Sprintf("w%d", i), Entry: "a.ts"})
	}
	for i := range min(p.Databases, p.Workers) {
		f.Databases = append(f.Databases, stacks.Database{Name: fmt.Sprintf("d%d", i), Migrations: "migrations"})
	}
	for i := range p.Crons {
		f.Workers[0].Crons = append(f.Workers[0].Crons, fmt.Sprintf("%d %d * * *", i%60, i/60))
	}
	f.Workers[0].Vars = many(p.TextBindings - 2)
	return f
}

func TestPlansAllowWhatTheySay(t *testing.T) {
	t.Parallel()
	require.NoError(t, full(stacks.Free).Validate(project))
	require.NoError(t, full(stacks.Paid).Validate(project))
}

// TestPlansRefuseMore than they say: a line names the plan, and the one that
// would do while there is one.
func TestPlansRefuseMore(t *testing.T) {
	t.Parallel()
	f := full(stacks.Paid)
	f.Plan = stacks.Plan{}
	refused(t, f,
		`databases: there are 500, and Cloudflare accepts 10 per account on the free plan; join some, or set Plan: Paid on the paid plan`,
		`workers: there are 500, and Cloudflare accepts 100 per account on the free plan; join some, or set Plan: Paid on the paid plan`,
		`workers["w0"].Vars: with its secrets and crane's own 2 there are 128 text bindings, and Cloudflare accepts 64 on the free plan; put some into one JSON text, or set Plan: Paid on the paid plan`,
		`workers["w0"].Crons: staging has 250 crons in all, and Cloudflare accepts 5 per account on the free plan; join some, or set Plan: Paid on the paid plan`,
		`workers["w0"].Crons: production has 250 crons in all, and Cloudflare accepts 5 per account on the free plan; join some, or set Plan: Paid on the paid plan`,
	)
	f = full(stacks.Paid)
	f.Workers = append(f.Workers, stacks.Worker{Name: "one-more", Entry: "a.ts"})
	refused(t, f, `workers: there are 501, and Cloudflare accepts 500 per account on the paid plan; join some`)
}

func TestAStackKeepsThePlan(t *testing.T) {
	t.Parallel()
	require.Equal(t, stacks.Paid, full(stacks.Paid).For(stacks.Production).Plan)
}
