package stacks

import (
	"fmt"
	"slices"
	"time"
)

func (c *checker) schedule(v view) {
	for i, cron := range v.Crons {
		where := v.where(fmt.Sprintf("Crons[%d]", i), v.over.Crons != nil)
		if err := CheckCron(cron); err != nil {
			c.add(where, "%v", err)
		}
		if slices.Index(v.Crons, cron) < i {
			c.add(where, "%q is there twice; take one away", cron)
		}
	}
}

// crons counts the schedules of a whole stack. The line names the last Worker
// that has any.
func (c *checker) crons(s Stack) {
	total, where := 0, ""
	for i := range c.fleet.Workers {
		v := c.view(i, s)
		if len(v.Crons) > 0 {
			total, where = total+len(v.Crons), v.where("Crons", v.over.Crons != nil)
		}
	}
	if total > c.plan().Crons {
		c.add(where, "%s has %d crons in all, and Cloudflare accepts %d per account on the %s plan; join some%s",
			s.Name, total, c.plan().Crons, c.plan().Name, c.paying())
	}
}

func (c *checker) compatibility(v view) {
	if _, err := time.Parse(time.DateOnly, v.CompatibilityDate); err != nil {
		c.add(v.where("CompatibilityDate", v.over.CompatibilityDate != ""), "%q is no day; write it as %s",
			v.CompatibilityDate, DefaultCompatibilityDate)
	}
	for i, flag := range v.CompatibilityFlags {
		where := v.where(fmt.Sprintf("CompatibilityFlags[%d]", i), v.over.CompatibilityFlags != nil)
		if !flagName.MatchString(flag) {
			c.add(where, "%q is no flag; write it as nodejs_compat", flag)
		}
		if slices.Index(v.CompatibilityFlags, flag) < i {
			c.add(where, "%q is there twice; take one away", flag)
		}
	}
}
