package local

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestAuthorityIsMadeOnce(t *testing.T) {
	t.Parallel()
	c := Config{Dir: t.TempDir()}
	first, err := OpenAuthority(c)
	require.NoError(t, err)
	second, err := OpenAuthority(c)
	require.NoError(t, err)
	require.Equal(t, first.cert.Raw, second.cert.Raw)
	info, err := os.Stat(c.file("authority-key.pem"))
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
}

func TestAuthorityServesLoopback(t *testing.T) {
	t.Parallel()
	c := Config{Dir: t.TempDir()}
	a, err := OpenAuthority(c)
	require.NoError(t, err)
	leaf, err := a.Certificate(time.Now())
	require.NoError(t, err)
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) }))
	srv.TLS = &tls.Config{Certificates: []tls.Certificate{leaf}}
	srv.StartTLS()
	t.Cleanup(srv.Close)

	roots, err := os.ReadFile(c.Roots())
	require.NoError(t, err)
	pool := x509.NewCertPool()
	require.True(t, pool.AppendCertsFromPEM(roots))
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}}
	res, err := client.Get(srv.URL)
	require.NoError(t, err)
	require.NoError(t, res.Body.Close())
	require.Equal(t, 204, res.StatusCode)
}

// TestAuthorityCannotVouchForOthers signs, with the authority's own key, a
// certificate for somebody else: no client may believe it.
func TestAuthorityCannotVouchForOthers(t *testing.T) {
	t.Parallel()
	a, err := OpenAuthority(Config{Dir: t.TempDir()})
	require.NoError(t, err)
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	pool := x509.NewCertPool()
	pool.AddCert(a.cert)
	for name, leaf := range map[string]*x509.Certificate{
		"name":    {DNSNames: []string{"api.cloudflare.com"}},
		"address": {IPAddresses: []net.IP{net.IPv4(1, 1, 1, 1)}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			leaf.SerialNumber, leaf.NotAfter = serial(), time.Now().Add(time.Hour)
			der, err := x509.CreateCertificate(rand.Reader, leaf, a.cert, &key.PublicKey, a.key)
			require.NoError(t, err)
			forged, err := x509.ParseCertificate(der)
			require.NoError(t, err)
			_, err = forged.Verify(x509.VerifyOptions{Roots: pool})
			require.ErrorContains(t, err, "is not permitted by any constraint")
		})
	}
}
