package local

import (
	"bytes"
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

// panicsTo passes on a handler's panic and drops net/http's other remarks, on
// clients that hang up or distrust the certificate.
func panicsTo(out io.Writer) *log.Logger { return log.New(panics{out}, "", log.LstdFlags|log.LUTC) }

type panics struct{ out io.Writer }

func (p panics) Write(text []byte) (int, error) {
	if bytes.Contains(text, []byte("panic serving")) {
		return p.out.Write(text)
	}
	return len(text), nil
}
