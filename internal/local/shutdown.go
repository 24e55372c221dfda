package local

import (
	"context"
	"errors"
	"io"
	"log"
	"net/http"
	"time"
)

// drain is how long requests under way may take when the server stops.
const drain = 3 * time.Second

func shutdown(srv *http.Server) error {
	ctx, cancel := context.WithTimeout(context.Background(), drain)
	defer cancel()
	if err := srv.Shutdown(ctx); err != nil {
		return srv.Close() // whoever still waits has had its time
	}
	return nil
}

// ended turns the end that was asked for into no error.
func ended(err error) error {
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// quiet drops net/http's own remarks on clients that hang up or distrust the
// certificate; the request log has what matters.
func quiet() *log.Logger { return log.New(io.Discard, "", 0) }
