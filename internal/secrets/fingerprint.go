package secrets

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
)

// Fingerprint is a keyed digest of a secret, 64 hexadecimal digits: it changes
// when the value does, and without the key nobody can test a guess against it.
// The name is part of it, so that equal values of two secrets do not show.
func Fingerprint(key, name, value string) string {
	return digest(key, fmt.Sprintf("%d:%s%s", len(name), name, value))
}

// mark is a keyed digest of a value whatever it is called, 64 hexadecimal
// digits: a secret of one stack is recognized under another name too, and with a
// line's end that somebody has pasted along. What is marked begins differently
// from all that Fingerprint digests.
func mark(key, value string) string { return digest(key, "value:"+strings.TrimSpace(value)) }

// keyMark is a digest of the key itself.
func keyMark(key string) string { return digest(key, "key") }

func digest(key, text string) string {
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write([]byte(text))
	return hex.EncodeToString(mac.Sum(nil))
}
