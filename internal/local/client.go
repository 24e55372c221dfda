package local

import (
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"time"
)

// Client is an HTTP client that trusts the local authority and nobody else, for
// a program that was not started with SSL_CERT_FILE.
func (c Config) Client() (*http.Client, error) {
	authority, err := OpenAuthority(c)
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	roots.AddCert(authority.cert)
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}}
	return &http.Client{Transport: transport, Timeout: time.Minute}, nil
}
