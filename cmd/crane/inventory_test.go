package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/stretchr/testify/assert"

	"crane/internal/local"
	"crane/internal/local/account"
	"crane/internal/local/fault"
)

// whole checks that staging has each of its objects once, each migration whole
// and in the ledger, and no row less than before, in both databases.
func (s *storm) whole(what string) {
	names := func(objects []object) (out []string) {
		for _, o := range objects {
			out = append(out, o.ID+o.Name)
		}
		slices.Sort(out)
		return out
	}
	s.equal(what, []string{"context-api-db-staging", "watch-db-staging"}, names(s.databases()))
	var scripts []object
	s.api("GET", "/workers/scripts", "", &scripts)
	s.equal(what, []string{"context-api-staging", "watch-staging"}, names(scripts))
	for name, files := range map[string]int{"context-api": 4, "watch": 1} {
		s.equal(what, fmt.Sprint(files+s.files), s.query(name, "SELECT count(*) AS n FROM d1_migrations"))
		for i := range s.files {
			s.equal(what, "2", s.query(name, fmt.Sprintf("SELECT count(*) AS n FROM storm_%d", i+1)))
		}
	}
	if s.row {
		s.equal(what, "1", s.query("context-api", "SELECT count(*) AS n FROM idempotency WHERE key = 'kept'"))
		s.equal(what, "1", s.query("watch", "SELECT count(*) AS n FROM deliveries WHERE id = 'kept'"))
	}
}

// noHalves checks that each migration is there exactly when the ledger says so,
// with both of its rows.
func (s *storm) noHalves(what string) {
	for _, name := range []string{"context-api", "watch"} {
		for i := range s.files {
			ledger := s.query(name, fmt.Sprintf("SELECT 2 * count(*) AS n FROM d1_migrations WHERE name = '9%03d_storm.sql'", i+1))
			s.equal(what, cmp.Or(ledger, "0"), cmp.Or(s.query(name, fmt.Sprintf("SELECT count(*) AS n FROM storm_%d", i+1)), "0"))
		}
	}
}

func (s *storm) equal(what string, want, got any) {
	if !assert.ObjectsAreEqual(want, got) {
		s.Fatalf("%s: wanted %v, there is %v", what, want, got)
	}
}

// object is a database or a script as the API lists it.
type object struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	UUID string `json:"uuid"`
}

func (s *storm) databases() (all []object) {
	s.api("GET", "/d1/database", "", &all)
	return all
}

// query runs SQL on a database and returns n of the first row; nothing when there
// is no such database, or no such table.
func (s *storm) query(database, sql string) string {
	var out []struct{ Results []struct{ N int } }
	for _, db := range s.databases() {
		if db.Name == database+"-db-staging" {
			body, err := json.Marshal(map[string]string{"sql": sql})
			s.Check(err)
			s.api("POST", "/d1/database/"+db.UUID+"/query", string(body), &out)
		}
	}
	if len(out) == 0 || len(out[0].Results) == 0 {
		return ""
	}
	return fmt.Sprint(out[0].Results[0].N)
}

// rows are what a query answers.
func (s *storm) rows(uuid, sql string) []map[string]any {
	body, err := json.Marshal(map[string]string{"sql": sql})
	s.Check(err)
	var out []struct{ Results []map[string]any }
	s.api("POST", "/d1/database/"+uuid+"/query", string(body), &out)
	return out[0].Results
}

// api makes one request, past every update. Only what is not there may be refused.
func (s *storm) api(method, path, body string, result any) {
	client, host := s.reach()
	url := "https://" + host + "/client/v4/accounts/" + s.account.ID + path
	req, err := http.NewRequest(method, url, strings.NewReader(body))
	s.Check(err)
	req.Header.Set("Authorization", "Bearer "+s.account.Token)
	req.Header.Set("Content-Type", "application/json")
	res, err := client.Do(req)
	s.Check(err)
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	s.Check(err)
	if res.StatusCode >= 300 && res.StatusCode != 404 && !strings.Contains(string(text), "no such table") {
		s.Fatalf("%s %s: %d %s", method, path, res.StatusCode, text)
	}
	if result != nil {
		s.Check(json.Unmarshal(text, &struct{ Result any }{result}))
	}
}

func (s *storm) reach() (*http.Client, string) {
	c, err := local.Configure(s.Layout)
	s.Check(err)
	client, err := c.Client()
	s.Check(err)
	return client, c.API
}

func (s *storm) faults() fault.Client {
	client, host := s.reach()
	return fault.Client{HTTP: client, Host: host, Token: account.Staging.Token}
}
