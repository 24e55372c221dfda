package stacks_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"crane/stacks"
)

func TestCronsThatCloudflareAccepts(t *testing.T) {
	t.Parallel()
	for _, cron := range []string{
		"* * * * *", "*/30 * * * *", "45 * * * *", "0 */6 * * *", "0 17 * * sun", "0 17 * * 1",
		"10 7 * * mon-fri", "10 7 * * 2-6", "0 15 1 * *", "0 18 * * 6L", "0 18 * * friL", "59 23 LW * *",
		"0 0 L * *", "0 0 L-3 * *", "0 0 L-30W * *", "0 0 15W * *", "0 0 * * L", "0 0 * * 2#5", "0 0 * * TUE#1",
		"0,15,30-40/5 0 1-7,*/10 jan,JUL-DEC *", "5/10 22-4 * * FRI-MON", "0 \t 0 1 1 1", "00 05 01 * *",
	} {
		require.NoError(t, stacks.CheckCron(cron), cron)
	}
}

func TestCronsThatCloudflareRefuses(t *testing.T) {
	t.Parallel()
	for _, cron := range []string{
		"", "@hourly", "* * * *", "0 * * * * *", " 0 * * * *", "0 * * * * ", "0 * * * *\n",
		"60 * * * *", "-1 * * * *", "+1 * * * *", "1.5 * * * *", "0 24 * * *", "0 0 0 * *", "0 0 32 * *",
		"0 0 * 0 *", "0 0 * 13 *", "0 0 * january *", "0 0 * * 0", "0 0 * * 8", "0 0 * * sunday", "0 0 * * MON-0",
		"*/0 * * * *", "*/60 * * * *", "0 */24 * * *", "0 0 * * */7", "1/ * * * *", "1- * * * *", "1-2-3 * * * *", "1/2/3 * * * *",
		"*,5 * * * *", "5,* * * * *", "1,,2 * * * *", "1, * * * *", "*-5 * * * *", "? * * * *",
		"L * * * *", "0 0 l * *", "0 0 L,15 * *", "0 0 W * *", "0 0 32W * *", "0 0 L-31 * *", "0 0 1,15W * *",
		"0 0 * * 2#6", "0 0 * * #1", "0 0 * * 2#1,3#1", "0 0 * L *", "H * * * *",
	} {
		require.Error(t, stacks.CheckCron(cron), cron)
	}
}
