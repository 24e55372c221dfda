package api

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"time"

	"crane/internal/local/runtime"
	"crane/internal/local/store"
)

// importWait is how long an answer waits for an import to end: D1 does the
// same, so that a small file needs no second question.
const importWait = time.Second

var md5Form = regexp.MustCompile(`^[0-9a-f]{32}$`)

// importBody is one step of the protocol: init, ingest or poll.
// https://developers.cloudflare.com/api/resources/d1/subresources/database/methods/import/
type importBody struct {
	Action   string `json:"action"`
	Etag     string `json:"etag"`
	Filename string `json:"filename"`
}

// importFile answers one step: init says where to upload a file, or begins
// when it was uploaded before; ingest begins; poll asks for the end. What is
// wrong with the file is told with status error and not as a refusal.
//
// It differs from D1's in this: the database's other calls wait while an
// import runs, a file has at most 100 MB and not 5 GB, and a restart forgets
// that an import ran, of which all or nothing is there then.
func (s *server) importFile(r request) (any, error) {
	d, err := database(r)
	if err != nil {
		return nil, err
	}
	var body importBody
	if err := r.decode(&body); err != nil {
		return nil, err
	}
	if body.Action != "poll" && !md5Form.MatchString(body.Etag) {
		return nil, malformed(fmt.Errorf("%q is no MD5 of a file", body.Etag))
	}
	switch body.Action {
	case "init":
		return s.initImport(r, d, body.Etag)
	case "ingest":
		return s.ingest(r, d, body)
	case "poll":
		return s.poll(r, d)
	}
	return nil, malformed(fmt.Errorf("an import has no action %q", body.Action))
}

func (s *server) initImport(r request, d store.Database, etag string) (any, error) {
	file := d.UUID + "." + etag + ".sql"
	if _, uploaded := s.uploads.get(file); uploaded {
		return s.ingest(r, d, importBody{Etag: etag, Filename: file})
	}
	answer := importAnswer("active", nil)
	delete(answer, "status")
	answer["filename"] = file
	answer["upload_url"] = origin(r.Request) + Prefix + uploadPath + s.uploads.expect(file, etag, s.now())
	return answer, nil
}

// ingest begins to run an uploaded file.
func (s *server) ingest(r request, d store.Database, body importBody) (any, error) {
	sql, uploaded := s.uploads.get(body.Filename)
	if !uploaded || body.Filename != d.UUID+"."+body.Etag+".sql" {
		return failedImport("The file " + body.Filename + " was not uploaded."), nil
	}
	if job, found := s.imports.get(d.UUID); found && job.running() {
		return alreadyImporting(), nil // the bookmark would wait for its end
	}
	bookmark, err := s.Runtime.Bookmark(r.Context(), d.UUID, time.Time{})
	if err != nil {
		return nil, asD1(err)
	}
	job, begun := s.imports.begin(d.UUID, bookmark)
	if !begun {
		return alreadyImporting(), nil
	}
	ctx := context.WithoutCancel(r.Context()) // the import outlives the question
	go func() {
		done, err := s.Runtime.Import(ctx, d.UUID, sql)
		if err == nil {
			s.uploads.forget(body.Filename)
		}
		job.end(importEnd(bookmark, done, err))
	}()
	return s.poll(r, d)
}

// poll waits for the end of an import and forgets it when it was told.
func (s *server) poll(r request, d store.Database) (any, error) {
	job, found := s.imports.get(d.UUID)
	if !found {
		return failedImport("Not currently importing anything."), nil
	}
	timer := time.NewTimer(importWait)
	defer timer.Stop()
	select {
	case <-job.done:
		s.imports.forget(d.UUID, job)
		return job.answer, nil
	case <-timer.C:
	case <-r.Context().Done():
	}
	answer := importAnswer("active", []string{"Processing the import."})
	answer["at_bookmark"] = job.bookmark
	return answer, nil
}

// importEnd is what an import came to.
func importEnd(before string, done runtime.Import, err error) map[string]any {
	if err != nil {
		var refused *runtime.SQLError
		text := err.Error()
		if errors.As(err, &refused) {
			text = refused.Message
		}
		answer := importAnswer("error", nil)
		answer["at_bookmark"], answer["error"], answer["errors"] = before, text, []string{text}
		return answer
	}
	answer := importAnswer("complete", nil)
	answer["at_bookmark"] = done.Bookmark
	answer["result"] = map[string]any{
		"final_bookmark": done.Bookmark, "num_queries": done.Queries,
		"meta": map[string]any{
			"served_by": "workerd", "served_by_primary": true,
			"duration":  float64(done.Duration.Microseconds()) / 1000,
			"rows_read": done.RowsRead, "rows_written": done.RowsWritten, "size_after": done.SizeAfter,
			"changed_db": done.Bookmark != before, "total_attempts": 1,
		},
	}
	return answer
}

// importAnswer has the members that every answer has.
func importAnswer(status string, messages []string) map[string]any {
	return map[string]any{
		"success": true, "type": "import", "status": status,
		"messages": texts(messages), "errors": []string{},
	}
}

// failedImport is a step that cannot be taken, which wrangler shows.
func failedImport(text string) map[string]any {
	answer := importAnswer("error", nil)
	answer["success"], answer["error"], answer["errors"] = false, text, []string{text}
	return answer
}

func alreadyImporting() map[string]any {
	return failedImport("Currently processing a long-running import.")
}

// putUpload takes a file at the address that init gave; as at Cloudflare, the
// address itself is the permission.
func (s *server) putUpload(w http.ResponseWriter, r *http.Request) {
	etag, err := s.uploads.put(r.PathValue("upload"), http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		answer(w, nil, err)
		return
	}
	w.Header().Set("Etag", `"`+etag+`"`)
}
