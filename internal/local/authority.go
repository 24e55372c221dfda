package local

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"net"
	"os"
	"time"

	"github.com/gofrs/flock"

	"crane/internal/local/atomicfile"
)

// authorityLife is how long the authority is valid; leafLife is a year, and a
// leaf is made anew at every start.
const (
	authorityLife = 10 * 365 * 24 * time.Hour
	leafLife      = 365 * 24 * time.Hour
)

// systemRoots are the places where systems keep their roots in one file, in
// the order in which Go's crypto/x509 tries them.
var systemRoots = []string{
	"/etc/ssl/certs/ca-certificates.crt",
	"/etc/pki/tls/certs/ca-bundle.crt",
	"/etc/ssl/ca-bundle.pem",
	"/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
	"/etc/ssl/cert.pem",
}

// Authority is a certificate authority that can only vouch for this machine's
// loopback names: whoever steals its key can impersonate nobody else.
type Authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

// OpenAuthority reads the authority of a folder, or makes one, and writes the
// file of roots beside it. Calls from several processes are safe.
func OpenAuthority(c Config) (*Authority, error) {
	if err := os.MkdirAll(c.Dir, 0o700); err != nil {
		return nil, err
	}
	lock := flock.New(c.file("authority.lock"))
	if err := lock.Lock(); err != nil {
		return nil, err
	}
	defer lock.Unlock()
	a, err := readAuthority(c)
	if errors.Is(err, fs.ErrNotExist) {
		a, err = newAuthority(c, time.Now())
	}
	if err != nil {
		return nil, fmt.Errorf("local certificate authority: %w", err)
	}
	return a, a.writeRoots(c)
}

func readAuthority(c Config) (*Authority, error) {
	pair, err := tls.LoadX509KeyPair(c.file("authority.pem"), c.file("authority-key.pem"))
	if err != nil {
		return nil, err
	}
	key, ok := pair.PrivateKey.(*ecdsa.PrivateKey)
	if !ok {
		return nil, errors.New("its key is not an elliptic-curve key")
	}
	return &Authority{cert: pair.Leaf, key: key}, nil
}

func newAuthority(c Config, now time.Time) (*Authority, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	template := constrained(now)
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return nil, err
	}
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, err
	}
	if err := writePEM(c.file("authority-key.pem"), "PRIVATE KEY", secret, 0o600); err != nil {
		return nil, err
	}
	if err := writePEM(c.file("authority.pem"), "CERTIFICATE", der, 0o644); err != nil {
		return nil, err
	}
	return readAuthority(c)
}

func constrained(now time.Time) *x509.Certificate {
	_, v4, _ := net.ParseCIDR("127.0.0.0/8")
	_, v6, _ := net.ParseCIDR("::1/128")
	return &x509.Certificate{
		SerialNumber:                serial(),
		Subject:                     pkix.Name{CommonName: "crane local Cloudflare, this machine only"},
		NotBefore:                   now.Add(-time.Hour),
		NotAfter:                    now.Add(authorityLife),
		IsCA:                        true,
		BasicConstraintsValid:       true,
		MaxPathLenZero:              true,
		KeyUsage:                    x509.KeyUsageCertSign,
		PermittedDNSDomainsCritical: true,
		PermittedDNSDomains:         []string{"localhost"},
		PermittedIPRanges:           []*net.IPNet{v4, v6},
	}
}

// Certificate makes a server certificate for the loopback names.
func (a *Authority) Certificate(now time.Time) (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	leaf := &x509.Certificate{
		SerialNumber: serial(),
		Subject:      pkix.Name{CommonName: "localhost"},
		NotBefore:    now.Add(-time.Hour),
		NotAfter:     now.Add(leafLife),
		KeyUsage:     x509.KeyUsageDigitalSignature,
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		DNSNames:     []string{"localhost"},
		IPAddresses:  []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback},
	}
	der, err := x509.CreateCertificate(rand.Reader, leaf, a.cert, &key.PublicKey, a.key)
	return tls.Certificate{Certificate: [][]byte{der, a.cert.Raw}, PrivateKey: key}, err
}

// writeRoots joins the system's roots and the authority, because a program
// that is given SSL_CERT_FILE trusts nothing else.
func (a *Authority) writeRoots(c Config) error {
	var roots []byte
	for _, path := range systemRoots {
		if text, err := os.ReadFile(path); err == nil {
			roots = append(text, '\n')
			break
		}
	}
	roots = append(roots, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.cert.Raw})...)
	if old, err := os.ReadFile(c.Roots()); err == nil && string(old) == string(roots) {
		return nil
	}
	return atomicfile.Write(c.Roots(), roots, 0o644)
}

func writePEM(path, kind string, der []byte, mode fs.FileMode) error {
	return atomicfile.Write(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), mode)
}

func serial() *big.Int {
	n, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		panic(err) // crypto/rand never fails on a supported system
	}
	return n
}
