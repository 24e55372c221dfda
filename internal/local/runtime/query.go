package runtime

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
)

// resetMessage is what D1 says about a query that ran too long.
const resetMessage = "D1 DB exceeded its CPU time limit and was reset."

// Statement is SQL with its parameters; only the last of several statements
// joined by semicolons may have any.
type Statement struct {
	SQL string
	// Params are nil, booleans, numbers, strings and []byte.
	Params []any
}

// Result is what one Statement answered.
type Result struct {
	Columns []string
	// Rows hold nil, string, json.Number, and []any of json.Number for a blob.
	// Integers beyond 2^53 are rounded, as D1 rounds them.
	Rows [][]any
	// Meta is D1's meta object.
	Meta map[string]any
}

// Query runs statements in one transaction, and makes the database if it does
// not exist. There is no result for a statement that is only a comment. What
// the engine refuses is a *SQLError, and nothing has changed.
func (rt *Runtime) Query(ctx context.Context, databaseID string, stmts []Statement) ([]Result, error) {
	queries := make([]wireQuery, len(stmts))
	for i, s := range stmts {
		queries[i] = wireQuery{SQL: s.SQL, Params: wireParams(s.Params)}
	}
	var results []Result
	err := rt.engine.query(ctx, databaseID, queries, func(raw json.RawMessage, meta map[string]any) error {
		result := Result{Meta: meta}
		results = append(results, result)
		return decode(raw, &results[len(results)-1])
	})
	if err != nil {
		return nil, err
	}
	return results, nil
}

// wireQuery is one statement of D1's protocol.
type wireQuery struct {
	SQL    string `json:"sql"`
	Params []any  `json:"params"`
}

// wireParams does what D1's binding does: booleans are 0 and 1, blobs are
// arrays of numbers.
func wireParams(params []any) []any {
	wire := make([]any, len(params))
	for i, param := range params {
		switch v := param.(type) {
		case bool:
			wire[i] = 0
			if v {
				wire[i] = 1
			}
		case []byte:
			wire[i] = numbers(v)
		default:
			wire[i] = v
		}
	}
	return wire
}

func numbers(blob []byte) []int {
	out := make([]int, len(blob))
	for i, b := range blob {
		out[i] = int(b)
	}
	return out
}

// query sends statements and hands every answer to each.
func (e *engine) query(ctx context.Context, database string, queries []wireQuery, each func(json.RawMessage, map[string]any) error) error {
	body, err := json.Marshal(queries)
	if err != nil {
		return err
	}
	answer, err := e.post(ctx, recorder{e, database}, database, "/query?resultsFormat=ROWS_AND_COLUMNS", body)
	if err != nil {
		return err
	}
	var refusal struct{ Error string }
	if json.Unmarshal(answer, &refusal) == nil && refusal.Error != "" {
		return &SQLError{Message: refusal.Error}
	}
	var results []struct {
		Results json.RawMessage
		Meta    map[string]any
	}
	if err := decode(answer, &results); err != nil {
		return fmt.Errorf("d1 engine answered %.200q: %w", answer, err)
	}
	for _, r := range results {
		if err := each(r.Results, r.Meta); err != nil {
			return err
		}
	}
	return nil
}

// post sends one request to the engine. Only a request that never left is
// sent again, to the next process.
func (e *engine) post(ctx context.Context, by http.RoundTripper, database, path string, body []byte) ([]byte, error) {
	answer, err := e.postOnce(ctx, by, database, path, body)
	var dial *net.OpError
	if errors.As(err, &dial) && dial.Op == "dial" && ctx.Err() == nil {
		return e.postOnce(ctx, by, database, path, body)
	}
	return answer, err
}

func (e *engine) postOnce(ctx context.Context, by http.RoundTripper, database, path string, body []byte) ([]byte, error) {
	p, err := e.running(ctx)
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+p.addr+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set(headerKey, p.key)
	req.Header.Set(headerDatabase, database)
	answer, err := roundTrip(by, req)
	if err != nil && ctx.Err() == nil {
		return nil, e.broken(p, err)
	}
	return answer, err
}

func roundTrip(by http.RoundTripper, req *http.Request) ([]byte, error) {
	resp, err := by.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	return io.ReadAll(resp.Body)
}

// broken explains a failed request. An engine that is busy beyond the limit
// serves no other database either, so it is ended.
func (e *engine) broken(p *process, err error) error {
	var unrecorded *recordError
	if errors.As(err, &unrecorded) {
		return err
	}
	var netErr net.Error
	if errors.As(err, &netErr) && netErr.Timeout() {
		p.stop(0)
		return &SQLError{Message: resetMessage}
	}
	p.endsWithin(stopGrace)
	return fmt.Errorf("%w: %w", ErrEngineStopped, err)
}

func decode(raw []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	return decoder.Decode(into)
}
