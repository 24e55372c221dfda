package api_test

import (
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// bookmark asks for a database's bookmark; query is empty or ?timestamp=.
func (c *cloud) bookmark(id, query string) string {
	c.t.Helper()
	return c.call("GET", "/d1/database/"+id+"/time_travel/bookmark"+query, "").object(c.t)["bookmark"].(string)
}

func at(when time.Time) string {
	return "?timestamp=" + url.QueryEscape(when.Format(time.RFC3339Nano))
}

func TestTimeTravel(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	id := c.database("notes")
	born := time.Now()
	travel := "/d1/database/" + id + "/time_travel/"
	empty := c.bookmark(id, "")
	require.Regexp(t, `^[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{32}$`, empty)
	c.rows(id, "CREATE TABLE a AS SELECT 1 AS x")
	one, then := c.bookmark(id, ""), time.Now()
	c.rows(id, "INSERT INTO a VALUES (2)")
	two := c.bookmark("notes", "")
	require.Greater(t, two, one)
	require.Greater(t, one, empty)
	require.Equal(t, one, c.bookmark(id, at(then)))
	require.Equal(t, empty, c.bookmark(id, at(born)))

	c.stop()
	c.start()
	require.Equal(t, two, c.bookmark(id, ""))
	require.Equal(t, one, c.bookmark(id, at(then)))
	back := c.call("POST", travel+"restore?bookmark="+one, "").object(t)
	require.Equal(t, map[string]any{
		"bookmark": one, "previous_bookmark": two, "message": "Database notes restored to bookmark " + one,
	}, back)
	require.Equal(t, `[{"x":1}]`, c.rows(id, "SELECT x FROM a"))
	require.Greater(t, c.bookmark(id, ""), two)
	c.call("POST", travel+"restore?bookmark="+two, "").object(t)
	require.Equal(t, `[{"x":1},{"x":2}]`, c.rows(id, "SELECT x FROM a"))
	back = c.call("POST", travel+"restore"+at(then), "").object(t)
	require.Equal(t, one, back["bookmark"])
	require.Equal(t, `[{"x":1}]`, c.rows(id, "SELECT x FROM a"))
}

func TestTimeTravelRefusals(t *testing.T) {
	t.Parallel()
	c := newCloud(t)
	id, other := c.database("notes"), c.database("other")
	c.rows(id, "CREATE TABLE a AS SELECT 1 AS x")
	c.rows(other, "CREATE TABLE b AS SELECT 1 AS x")
	now := c.bookmark(id, "")
	travel := "/d1/database/" + id + "/time_travel/"
	c.call("POST", travel+"restore", "").refused(t, 400, 7400, "either a bookmark or a timestamp")
	c.call("POST", travel+"restore?bookmark="+now+"&timestamp=2026-01-01T00:00:00Z", "").refused(t, 400, 7400, "either")
	c.call("POST", travel+"restore?bookmark=yesterday", "").refused(t, 400, 7400, `"yesterday" is no bookmark`)
	c.call("POST", travel+"restore?bookmark=ffffffff"+now[8:], "").refused(t, 400, 7500, "there is no state with the bookmark")
	c.call("POST", travel+"restore?bookmark="+c.bookmark(other, ""), "").refused(t, 400, 7500, "it is of another database")
	for path, method := range map[string]string{"bookmark": "GET", "restore": "POST"} {
		path = travel + path
		c.call(method, path+at(time.Now().Add(-time.Hour)), "").refused(t, 400, 7500, "the database was created at")
		c.call(method, path+at(time.Now().Add(time.Hour)), "").refused(t, 400, 7500, "is in the future")
		c.call(method, path+"?timestamp=noon", "").refused(t, 400, 7400, "no RFC 3339 timestamp")
	}
	c.call("GET", "/d1/database/missing/time_travel/bookmark", "").refused(t, 404, 7404, "could not be found")
	c.call("POST", "/d1/database/missing/time_travel/restore?bookmark="+now, "").refused(t, 404, 7404, "could not be found")
	require.Equal(t, now, c.bookmark(id, ""), "a refusal changes nothing")
}
