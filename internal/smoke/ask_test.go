package smoke

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestAsk(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		status  int
		body    string
		want    Health
		problem string
	}{
		"healthy":   {200, `{"status":"healthy","revision":"r","migrations":{"DB":"1"}}`, Health{Status: "healthy", Revision: "r", Migrations: map[string]string{"DB": "1"}}, ""},
		"unhealthy": {503, `{"status":"unhealthy","checks":{"DB":"gone"}}`, Health{Status: "unhealthy", Checks: map[string]string{"DB": "gone"}}, ""},
		"other":     {404, `no such Worker`, Health{}, "HTTP 404 without the JSON of a health check"},
		"empty":     {200, `{}`, Health{}, "HTTP 200 without the JSON of a health check"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.WriteHeader(tt.status)
				_, _ = w.Write([]byte(tt.body))
			}))
			t.Cleanup(srv.Close)
			got, err := Ask(t.Context(), srv.URL, time.Minute)
			require.Equal(t, tt.want, got)
			if tt.problem != "" {
				require.ErrorContains(t, err, tt.problem)
			}
		})
	}
}
