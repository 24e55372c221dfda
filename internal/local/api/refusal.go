package api

import (
	"fmt"
	"net/http"
)

// Refusal is an answer that is not a success, in Cloudflare's words and
// numbers.
type Refusal struct {
	// Status is the HTTP status, Code Cloudflare's own number.
	Status, Code int
	Message      string
	// result is what stands in the answer's result; nearly always null.
	result any
}

func (r *Refusal) Error() string { return fmt.Sprintf("%s [code: %d]", r.Message, r.Code) }

func refuse(status, code int, format string, args ...any) *Refusal {
	return &Refusal{Status: status, Code: code, Message: fmt.Sprintf(format, args...)}
}

// Refusals that are always the same. The codes are Cloudflare's, and so are the
// wordings as far as users have reported them at
// https://github.com/cloudflare/workers-sdk/issues.
var (
	noCredentials  = refuse(http.StatusBadRequest, 10000, "Authentication error")
	badCredentials = refuse(http.StatusForbidden, 10000, "Authentication error")
	otherAccount   = refuse(http.StatusForbidden, 7403, "The given account is not valid or is not authorized to access this service")
	noWorker       = refuse(http.StatusNotFound, 10007, "This Worker does not exist on your account.")
	noService      = refuse(http.StatusNotFound, 10090, "workers.api.error.service_not_found")
	noVersion      = refuse(http.StatusNotFound, 10222, "The requested version does not exist.")
	incomplete     = refuseSQL("incomplete input: SQLITE_ERROR")
	noStatements   = refuseSQL("No SQL statements detected.")
)

// refuseSQL is a refusal of the D1 engine; its result is an empty list.
func refuseSQL(text string) *Refusal {
	return &Refusal{Status: http.StatusBadRequest, Code: 7500, Message: text, result: []any{}}
}

// invalid is a script that does not pass validation.
func invalid(format string, args ...any) *Refusal {
	return refuse(http.StatusBadRequest, 10021, format, args...)
}

// malformed is a request that cannot be read.
func malformed(err error) *Refusal {
	return refuse(http.StatusBadRequest, 7400, "The request is malformed: %v", err)
}

// noRoute is a path or method that the API does not have.
func noRoute(path string) *Refusal {
	return refuse(http.StatusNotFound, 7003, "Could not route to %s, perhaps your object identifier is invalid?", path)
}
