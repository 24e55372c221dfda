package api

import (
	"bytes"
	"encoding/json"
	"slices"

	"crane/internal/local/runtime"
	"crane/internal/statement"
)

// queryBody is what /query and /raw take: one text, or a batch of them.
type queryBody struct {
	queryText
	Batch []queryText `json:"batch"`
}

type queryText struct {
	SQL    string `json:"sql"`
	Params []any  `json:"params"`
}

// query answers rows as objects.
func (s *server) query(r request) (any, error) {
	return s.execute(r, func(result runtime.Result) any {
		rows := make([]object, len(result.Rows))
		for i, values := range result.Rows {
			rows[i] = object{result.Columns, values}
		}
		return rows
	})
}

// raw answers rows as arrays.
func (s *server) raw(r request) (any, error) {
	return s.execute(r, func(result runtime.Result) any {
		rows := result.Rows
		if rows == nil {
			rows = [][]any{}
		}
		return map[string]any{"columns": slices.Concat([]string{}, result.Columns), "rows": rows}
	})
}

// execute runs the whole request as one transaction and answers one result per
// statement.
func (s *server) execute(r request, shape func(runtime.Result) any) (any, error) {
	d, err := database(r)
	if err != nil {
		return nil, err
	}
	var body queryBody
	if err := r.decode(&body); err != nil {
		return nil, err
	}
	statements, err := body.statements()
	if err != nil {
		return nil, err
	}
	results, err := s.Runtime.Query(r.Context(), d.UUID, statements)
	if err != nil {
		return nil, asD1(err)
	}
	answers := []any{}
	for _, result := range results {
		answers = append(answers, map[string]any{"results": shape(result), "success": true, "meta": result.Meta})
	}
	return answers, nil
}

// statements cuts the texts. A text that production's splitter is known to cut
// wrongly is refused as there; parameters belong to a text's last statement. A
// text that is never closed is left to the engine's own words.
func (b queryBody) statements() ([]runtime.Statement, error) {
	texts := b.Batch
	if b.SQL != "" {
		texts = append([]queryText{b.queryText}, texts...)
	}
	var all []runtime.Statement
	for _, text := range texts {
		if len(statement.Hazards(text.SQL)) > 0 {
			return nil, incomplete
		}
		cut, _ := statement.Split(text.SQL)
		for _, one := range cut {
			all = append(all, runtime.Statement{SQL: one.Text})
		}
		if len(cut) > 0 {
			all[len(all)-1].Params = text.Params
		}
	}
	if len(all) == 0 {
		return nil, noStatements
	}
	return all, nil
}

// object is a row as JSON in the order of its columns. Of two columns of one
// name the later value wins, as in JavaScript.
type object struct {
	columns []string
	values  []any
}

// MarshalJSON writes the row.
func (o object) MarshalJSON() ([]byte, error) {
	last := map[string]any{}
	for i, name := range o.columns {
		last[name] = o.values[i]
	}
	var out bytes.Buffer
	for _, name := range o.columns {
		value, pending := last[name]
		if !pending {
			continue
		}
		delete(last, name)
		pair, err := json.Marshal(map[string]any{name: value})
		if err != nil {
			return nil, err
		}
		out.WriteByte(',')
		out.Write(pair[1 : len(pair)-1])
	}
	return append(append([]byte{'{'}, bytes.TrimPrefix(out.Bytes(), []byte{','})...), '}'), nil
}
