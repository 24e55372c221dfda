package stacks

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// CheckCron refuses a schedule that Cloudflare would refuse. The grammar is
// that of https://github.com/cloudflare/saffron, which Cloudflare runs: minute,
// hour, day of the month, month and weekday, in UTC; weekdays are 1 to 7 from
// Sunday, which is not what other crons have. It is stricter in one point: a
// bare * inside a list, which saffron reads as the field's lowest value.
func CheckCron(cron string) error {
	fields := strings.FieldsFunc(cron, func(r rune) bool { return r == ' ' || r == '\t' })
	if len(fields) != len(cronFields) || strings.TrimSpace(cron) != cron {
		return fmt.Errorf("%q has to be five fields: minute, hour, day, month, weekday", cron)
	}
	for i, text := range fields {
		if !cronFields[i].accepts(text) {
			return fmt.Errorf("%q is no cron, because of the %s %s; write %s", cron, cronFields[i].name, text, cronFields[i].want)
		}
	}
	return nil
}

// cronField is one of the five.
type cronField struct {
	name, want string
	min, max   int
	// words stand for min, min+1 and so on.
	words []string
	// last matches the forms that must be the whole field: L, W and #.
	last *regexp.Regexp
}

var cronFields = []cronField{
	{name: "minute", want: "0 to 59", max: 59},
	{name: "hour", want: "0 to 23", max: 23},
	{name: "day", want: "1 to 31, L, LW, L-3 or 15W", min: 1, max: 31,
		last: regexp.MustCompile(`^(L|LW|L-([1-9]|[12][0-9]|30)W?|([1-9]|[12][0-9]|3[01])W)$`)},
	{name: "month", want: "1 to 12 or JAN to DEC", min: 1, max: 12,
		words: strings.Fields("JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC")},
	{name: "weekday", want: "1 (Sunday) to 7 (Saturday), SUN to SAT, 6L or 6#2", min: 1, max: 7,
		words: strings.Fields("SUN MON TUE WED THU FRI SAT"),
		last:  regexp.MustCompile(`^(L|([1-7]|(?i:SUN|MON|TUE|WED|THU|FRI|SAT))(L|#[1-5]))$`)},
}

func (f cronField) accepts(text string) bool {
	if text == "*" || f.last != nil && f.last.MatchString(text) {
		return true
	}
	for part := range strings.SplitSeq(text, ",") {
		if !f.acceptsPart(part) {
			return false
		}
	}
	return true
}

// acceptsPart takes 5, 5-10, 5/2, 5-10/2 and */2. A range may run over the end,
// as FRI-MON does.
func (f cronField) acceptsPart(part string) bool {
	value, step, stepped := strings.Cut(part, "/")
	if stepped && !number(step, 1, f.max-f.min) {
		return false
	}
	if value == "*" {
		return stepped
	}
	from, to, ranged := strings.Cut(value, "-")
	return f.acceptsValue(from) && (!ranged || f.acceptsValue(to))
}

func (f cronField) acceptsValue(text string) bool {
	return number(text, f.min, f.max) || slices.Contains(f.words, strings.ToUpper(text))
}

func number(text string, least, most int) bool {
	n, err := strconv.ParseUint(text, 10, 16)
	return err == nil && int(n) >= least && int(n) <= most
}
