package api

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/google/uuid"

	"crane/internal/local/runtime"
	"crane/internal/local/store"
)

var databaseName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$`)

func (s *server) listDatabases(r request) (any, error) {
	number, size, err := paging(r)
	if err != nil {
		return nil, err
	}
	all := []any{}
	for _, d := range newestFirst(r.Databases.List()) {
		if name := r.URL.Query().Get("name"); name == "" || strings.Contains(d.Name, name) {
			all = append(all, databaseSummary(d))
		}
	}
	total := len(all)
	part := all[min((number-1)*size, total):min(number*size, total)]
	return page{part, pageInfo{number, size, len(part), total, (total + size - 1) / size}}, nil
}

func newestFirst(all []store.Database) []store.Database {
	slices.SortStableFunc(all, func(a, b store.Database) int { return b.CreatedAt.Compare(a.CreatedAt) })
	return all
}

func (s *server) createDatabase(r request) (any, error) {
	var body struct {
		Name         string `json:"name"`
		Jurisdiction string `json:"jurisdiction"`
	}
	if err := r.decode(&body); err != nil {
		return nil, err
	}
	if !databaseName.MatchString(body.Name) {
		return nil, malformed(fmt.Errorf("invalid property name => %q is no name for a database", body.Name))
	}
	defer s.locks.hold(r.account.ID + " databases")()
	if _, taken := findDatabase(r, body.Name); taken {
		return nil, refuse(http.StatusBadRequest, 7502, "A database with the name %s already exists", body.Name)
	}
	d := store.Database{UUID: uuid.NewString(), Name: body.Name, CreatedAt: s.now(), Jurisdiction: body.Jurisdiction}
	if err := r.Databases.Put(d.UUID, d); err != nil {
		return nil, err
	}
	return databaseObject(d), nil
}

func (s *server) getDatabase(r request) (any, error) {
	d, err := database(r)
	if err != nil {
		return nil, err
	}
	object := databaseObject(d)
	if r.URL.Query().Has("fields") { // wrangler wants the id only, quickly
		return object, nil
	}
	object["file_size"], object["num_tables"], err = s.measure(r, d)
	return object, err
}

// measure asks the engine for a database's bytes and tables.
func (s *server) measure(r request, d store.Database) (size, tables any, err error) {
	const count = `SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\_%' ESCAPE '\'`
	results, err := s.Runtime.Query(r.Context(), d.UUID, []runtime.Statement{{SQL: count}})
	if err != nil {
		return nil, nil, asD1(err)
	}
	return results[0].Meta["size_after"], results[0].Rows[0][0], nil
}

func (s *server) updateDatabase(r request) (any, error) {
	var body struct {
		ReadReplication struct {
			Mode string `json:"mode"`
		} `json:"read_replication"`
	}
	if err := r.decode(&body); err != nil {
		return nil, err
	}
	defer s.locks.hold(r.account.ID + " databases")()
	d, err := database(r)
	if err != nil {
		return nil, err
	}
	if mode := body.ReadReplication.Mode; mode == "auto" || mode == "disabled" {
		d.ReplicationMode = mode
	}
	return databaseObject(d), r.Databases.Put(d.UUID, d)
}

func (s *server) deleteDatabase(r request) (any, error) {
	defer s.locks.hold(r.account.ID + " databases")()
	d, err := database(r)
	if err != nil {
		return nil, err
	}
	if err := r.Databases.Delete(d.UUID); err != nil {
		return nil, err
	}
	return nil, s.Runtime.DropDatabase(r.Context(), d.UUID)
}
