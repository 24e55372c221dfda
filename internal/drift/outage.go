package drift

import "regexp"

// outages are the words in which the API, D1 and the network refuse, as the
// official provider, the stand-in and crane's own provider pass them on, and
// what helps. For D1's see https://developers.cloudflare.com/d1/observability/debug-d1/.
var outages = []struct {
	said *regexp.Regexp
	next string
}{
	{regexp.MustCompile(`exceeded D1's free tier daily row`),
		"wait until midnight UTC, or upgrade the account's plan, then run the same command again"},
	{regexp.MustCompile(`(answered|HTTP|status( code)?:?) 40[13]\b|[ (]10000[:)]|Authentication error`),
		"set CLOUDFLARE_API_TOKEN to a token of the account in Pulumi.staging.yaml, then run the same command again"},
	{regexp.MustCompile(`[ (]7429[:)]|D1 DB (is overloaded|storage operation exceeded)`),
		"wait a moment, then run the same command again"},
	{regexp.MustCompile(`(answered|HTTP|status( code)?:?) 429\b|(?i)rate limit`),
		"wait five minutes, then run the same command again"},
	{regexp.MustCompile(`(127\.0\.0\.1|localhost|\[::1\]).*connection refused`),
		"crane local start, then run the same command again"},
	{regexp.MustCompile(`connection refused|no such host|network is unreachable|i/o timeout`),
		"check the network, then run the same command again"},
	{regexp.MustCompile(`(answered|HTTP|status( code)?:?) 5\d\d\b|[ (]10013[:)]|(?i)internal (server )?error`),
		"run the same command again: what was done is kept"},
}

// Outage says what helps when the API, D1 or the network refuses in these
// words; empty when they mean something else.
func Outage(said string) string {
	for _, o := range outages {
		if o.said.MatchString(said) {
			return o.next
		}
	}
	return ""
}
