package issuer

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/go-jose/go-jose/v4"

	"crane/internal/hint"
	"crane/internal/local/atomicfile"
)

// FileName is the key's file: a private RSA key as RFC 7517 writes it.
const FileName = "issuer.json"

const keyBits = 2048

// openKey reads the key, which takes no time, and makes it once, which does.
func openKey(dir string) (jose.JSONWebKey, error) {
	file := filepath.Join(dir, FileName)
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return makeKey(dir, file)
	}
	if err != nil {
		return jose.JSONWebKey{}, fmt.Errorf("%w: %w", ErrKey, err)
	}
	var key jose.JSONWebKey
	if json.Unmarshal(text, &key) != nil || !complete(key) {
		// The parser's own message may quote the file, which is secret.
		return jose.JSONWebKey{}, hint.Wrap(fmt.Errorf("%w: %s is not a private key; it was left as it is", ErrKey, file),
			"delete the file to have a new key made")
	}
	return key, nil
}

// complete reports whether a key is what makeKey makes.
func complete(key jose.JSONWebKey) bool {
	private, ok := key.Key.(*rsa.PrivateKey)
	return ok && private.Validate() == nil && key.KeyID != "" && key.Algorithm == string(jose.RS256)
}

func makeKey(dir, file string) (jose.JSONWebKey, error) {
	private, err := rsa.GenerateKey(rand.Reader, keyBits)
	if err != nil {
		return jose.JSONWebKey{}, fmt.Errorf("%w: %w", ErrKey, err)
	}
	key := jose.JSONWebKey{Key: private, Algorithm: string(jose.RS256), Use: "sig"}
	thumb, err := key.Thumbprint(crypto.SHA256)
	if err != nil {
		return jose.JSONWebKey{}, fmt.Errorf("%w: %w", ErrKey, err)
	}
	key.KeyID = hex.EncodeToString(thumb)
	return key, write(dir, file, key)
}

func write(dir, file string, key jose.JSONWebKey) error {
	text, err := json.Marshal(key)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrKey, err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("%w: %w", ErrKey, err)
	}
	if err := atomicfile.Write(file, append(text, '\n'), 0o600); err != nil {
		return fmt.Errorf("%w: %w; nothing was changed", ErrKey, err)
	}
	return nil
}
