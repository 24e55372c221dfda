package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"

	"github.com/google/uuid"
)

// envelope is the form of every answer but a script's content.
type envelope struct {
	Result     any       `json:"result"`
	Success    bool      `json:"success"`
	Errors     []message `json:"errors"`
	Messages   []message `json:"messages"`
	ResultInfo *pageInfo `json:"result_info,omitempty"`
}

type message struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
}

// page is a result that is a part of a list.
type page struct {
	items any
	info  pageInfo
}

type pageInfo struct {
	Page       int `json:"page"`
	PerPage    int `json:"per_page"`
	Count      int `json:"count"`
	TotalCount int `json:"total_count"`
	TotalPages int `json:"total_pages"`
}

// content is a result that is sent as it is, outside an envelope.
type content struct {
	header http.Header
	body   *bytes.Buffer
}

func (c content) write(w http.ResponseWriter) {
	for name, values := range c.header {
		w.Header()[name] = values
	}
	_, _ = c.body.WriteTo(w) // the client has gone: nobody to tell
}

// answer writes what an endpoint returned.
func answer(w http.ResponseWriter, result any, err error) {
	if err != nil {
		refusal := asRefusal(err)
		write(w, refusal.Status, envelope{Result: refusal.result, Errors: []message{{refusal.Code, refusal.Message}}, Messages: []message{}})
		return
	}
	e := envelope{Result: result, Success: true, Errors: []message{}, Messages: []message{}}
	switch result := result.(type) {
	case content:
		result.write(w)
		return
	case page:
		e.Result, e.ResultInfo = result.items, &result.info
	}
	write(w, http.StatusOK, e)
}

func write(w http.ResponseWriter, status int, e envelope) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(e) // the client has gone: nobody to tell
}

// asRefusal turns any other error into Cloudflare's internal one, with its
// cause: on a laptop there is nobody else to look it up by reference.
func asRefusal(err error) *Refusal {
	var refusal *Refusal
	if errors.As(err, &refusal) {
		return refusal
	}
	return refuse(http.StatusInternalServerError, 10013, "internal error; reference = %s: %v", uuid.NewString(), err)
}
