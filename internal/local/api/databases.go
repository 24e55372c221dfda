package api

import (
	"cmp"
	"errors"
	"net/http"

	"github.com/google/uuid"

	"crane/internal/local/runtime"
	"crane/internal/local/store"
)

// database is the one that the path names, by id or by name.
func database(r request) (store.Database, error) {
	id := r.PathValue("id")
	if d, found := findDatabase(r, id); found {
		return d, nil
	}
	return store.Database{}, refuse(http.StatusNotFound, 7404, "The database %s could not be found", id)
}

func findDatabase(r request, idOrName string) (store.Database, bool) {
	if d, found := r.Databases.Get(idOrName); found {
		return d, true
	}
	for _, d := range r.Databases.List() {
		if d.Name == idOrName {
			return d, true
		}
	}
	return store.Database{}, false
}

// databaseObject is a database as its own endpoint shows it.
func databaseObject(d store.Database) map[string]any {
	object := databaseSummary(d)
	object["read_replication"] = map[string]string{"mode": cmp.Or(d.ReplicationMode, "disabled")}
	return object
}

// databaseSummary is a database as a list shows it: a list's members are plain
// values, which wrangler prints as a table.
func databaseSummary(d store.Database) map[string]any {
	object := map[string]any{
		"uuid": d.UUID, "name": d.Name, "version": "production", "created_at": stamp(d.CreatedAt), "jurisdiction": nil,
	}
	if d.Jurisdiction != "" {
		object["jurisdiction"] = d.Jurisdiction
	}
	return object
}

// asD1 gives an engine's error the form it has in D1's answers.
func asD1(err error) error {
	var refused *runtime.SQLError
	if errors.As(err, &refused) {
		return refuseSQL(refused.Message)
	}
	if err != nil {
		return refuse(http.StatusInternalServerError, 7500, "internal error; reference = %s: %v", uuid.NewString(), err)
	}
	return nil
}
