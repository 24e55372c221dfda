package runtime

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"
)

// The headers between this process and its children. None of them is ever
// accepted from a public client or shown to a script.
const (
	headerPrefix   = "Crane-Local-"
	headerKey      = headerPrefix + "Key"
	headerDatabase = headerPrefix + "Database"
	headerTarget   = headerPrefix + "Target"
	headerCron     = headerPrefix + "Cron"
	headerTime     = headerPrefix + "Time"
	// headerProto carries the scheme of the URL that a script gave to a
	// service binding, so that the other script sees the same URL.
	headerProto = headerPrefix + "Proto"
)

// strip removes every header of ours, however it is spelt.
func strip(h http.Header) {
	for name := range h {
		if len(name) >= len(headerPrefix) && strings.EqualFold(name[:len(headerPrefix)], headerPrefix) {
			delete(h, name)
		}
	}
}

// secret is 256 random bits, known to this process only.
type secret []byte

func newSecret() secret {
	s := make(secret, 32)
	rand.Read(s) // never fails, see crypto/rand
	return s
}

// key derives the key that opens one target and no other.
func (s secret) key(target string) string {
	mac := hmac.New(sha256.New, s)
	mac.Write([]byte(target))
	return hex.EncodeToString(mac.Sum(nil))
}

// vouches reports whether key opens target.
func (s secret) vouches(target, key string) bool {
	return hmac.Equal([]byte(s.key(target)), []byte(key))
}
