package stacks

// Calls are requests to Cloudflare's API, by who sends them.
type Calls struct {
	// Plugin counts those of Pulumi's Cloudflare plugin, which keeps to a rate.
	Plugin int
	// Crane counts those of crane's own provider and of its recovery, which
	// follow the plugin's and keep to no rate of their own.
	Crane int
}

// Calls are at most the requests of a first update of the fleet as one stack
// has it, with so many migration files in all of its databases:
//
//	all         crane lists the databases and the scripts
//	database    the plugin creates it; crane looks into it, sends each migration
//	            file, and looks again
//	Worker      the plugin looks for its script and uploads it; crane asks for the
//	            account's subdomain and turns the route on
//	its crons   the plugin sets the list
func (f Fleet) Calls(migrations int) Calls {
	if len(f.Databases)+len(f.Workers) == 0 {
		return Calls{}
	}
	c := Calls{Crane: migrations + 2}
	for range f.Databases {
		c.Plugin, c.Crane = c.Plugin+1, c.Crane+2
	}
	for _, w := range f.Workers {
		c.Plugin, c.Crane = c.Plugin+2, c.Crane+2
		if len(w.Crons) > 0 {
			c.Plugin++
		}
	}
	return c
}

// What Cloudflare's API allows: 1,200 requests in five minutes to a token, and
// 200 a second to an address; a token that exceeds it is refused everything for
// the next five minutes.
// https://developers.cloudflare.com/fundamentals/api/reference/limits/
const (
	callsPerWindow  = 1200
	callsPerSecond  = callsPerWindow / 300
	callsInReserve  = 200 // for retries, a refresh, and people with the same token
	callsInOneBurst = 50  // a second; with crane's own that is less than 200
)

// Total is the number of all requests.
func (c Calls) Total() int { return c.Plugin + c.Crane }

// Rate is how many requests the plugin may send in a second. Requests that fit
// into one window go out in a burst: no rate could exceed it with them. More of
// them go out as the window refills, of which the plugin gets its part. Both are
// coarse, so that an edit of the fleet seldom changes the rate.
func (c Calls) Rate() int {
	if c.Total() <= callsPerWindow-callsInReserve {
		return callsInOneBurst
	}
	return max(1, callsPerSecond*c.Plugin/c.Total())
}
