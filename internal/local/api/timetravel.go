package api

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"time"

	"crane/internal/local/runtime"
	"crane/internal/local/store"
)

// bookmarkForm is the form of D1's bookmarks:
// https://developers.cloudflare.com/d1/reference/time-travel/
var bookmarkForm = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{8}-[0-9a-f]{32}$`)

// getBookmark answers the bookmark of now or of a timestamp.
func (s *server) getBookmark(r request) (any, error) {
	d, err := database(r)
	if err != nil {
		return nil, err
	}
	at, err := s.timestamp(r, d)
	if err != nil {
		return nil, err
	}
	bookmark, err := s.Runtime.Bookmark(r.Context(), d.UUID, at)
	if err != nil {
		return nil, asTravel(err)
	}
	return map[string]string{"bookmark": bookmark}, nil
}

// restoreDatabase goes back, in place; previous_bookmark undoes it.
func (s *server) restoreDatabase(r request) (any, error) {
	d, err := database(r)
	if err != nil {
		return nil, err
	}
	bookmark, err := s.destination(r, d)
	if err != nil {
		return nil, err
	}
	previous, err := s.Runtime.Restore(r.Context(), d.UUID, bookmark)
	if err != nil {
		return nil, asTravel(err)
	}
	return map[string]string{
		"bookmark": bookmark, "previous_bookmark": previous,
		"message": fmt.Sprintf("Database %s restored to bookmark %s", d.Name, bookmark),
	}, nil
}

// destination is where a restore goes: a bookmark, or a timestamp's.
func (s *server) destination(r request, d store.Database) (string, error) {
	bookmark, query := r.URL.Query().Get("bookmark"), r.URL.Query()
	if query.Has("bookmark") == query.Has("timestamp") {
		return "", malformed(errors.New("a restore needs either a bookmark or a timestamp"))
	}
	if query.Has("bookmark") && !bookmarkForm.MatchString(bookmark) {
		return "", malformed(fmt.Errorf("%q is no bookmark", bookmark))
	}
	if query.Has("bookmark") {
		return bookmark, nil
	}
	at, err := s.timestamp(r, d)
	if err != nil {
		return "", err
	}
	bookmark, err = s.Runtime.Bookmark(r.Context(), d.UUID, at)
	return bookmark, asTravel(err)
}

// timestamp reads the query's timestamp, which has to be within the database's
// life; none is the zero time.
func (s *server) timestamp(r request, d store.Database) (time.Time, error) {
	if !r.URL.Query().Has("timestamp") {
		return time.Time{}, nil
	}
	text := r.URL.Query().Get("timestamp")
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return time.Time{}, malformed(fmt.Errorf("%q is no RFC 3339 timestamp", text))
	}
	if at.Before(d.CreatedAt) {
		return time.Time{}, noState(fmt.Errorf("the database was created at %s, after %s", stamp(d.CreatedAt), text))
	}
	if at.After(s.now()) {
		return time.Time{}, noState(fmt.Errorf("%s is in the future", text))
	}
	return at, nil
}

// asTravel gives the runtime's refusal of a state the form of D1's answers.
func asTravel(err error) error {
	if errors.Is(err, runtime.ErrNoState) {
		return noState(err)
	}
	return asD1(err)
}

// noState is a state that cannot be gone back to. D1's own words for it are
// not known.
func noState(err error) *Refusal {
	return refuse(http.StatusBadRequest, 7500, "Time Travel: %v", err)
}
