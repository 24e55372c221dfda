package release

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path/filepath"

	"crane/internal/gate"
	"crane/internal/hint"
)

// The names in a receipt's folder.
const (
	receiptFile = "receipt.json"
	tokenFile   = "receipt.jwt"
	keysFile    = "keys.json"
)

func bundleFile(digest string) string { return filepath.Join("bundles", digest+".js") }

// Signer is the job that verified staging.
type Signer interface {
	// Sign gets an identity token for an audience, and the keys that its issuer
	// has at that time, as gate.Archive fetches them.
	Sign(ctx context.Context, audience string) (token string, keys []byte, err error)
}

// Write makes the folder of a receipt, whole or not at all; the folders above it
// are made if need be. The bundles are by their digests, exactly those that the
// receipt names: others are ErrBundle. The same receipt may be written twice, at
// the same time too, and the first one stays; another one is ErrTaken.
func Write(ctx context.Context, dir string, r Receipt, bundles map[string][]byte, sign Signer) error {
	text, err := r.Encode()
	if err != nil {
		return err
	}
	files, err := bundleFiles(r, bundles)
	if err != nil {
		return err
	}
	token, keys, err := sign.Sign(ctx, gate.ReceiptAudience(digestOf(text)))
	if err != nil {
		return fmt.Errorf("the receipt was not signed, and nothing was written: %w", err)
	}
	key, err := gate.KeyOf(keys, token)
	if err != nil {
		return hint.Wrap(fmt.Errorf("the receipt was not signed, and nothing was written: %w", err),
			"run the job again: its issuer may have changed its keys just then")
	}
	files[receiptFile], files[tokenFile], files[keysFile] = text, []byte(token), key
	return files.put(dir)
}

// bundleFiles holds bundles against what a receipt names.
func bundleFiles(r Receipt, bundles map[string][]byte) (files, error) {
	named := map[string]bool{}
	for worker, w := range sorted(r.Workers) {
		code, ok := bundles[w.Bundle]
		if !ok {
			return nil, unlike("the one of worker %s, %.12s, is missing", worker, w.Bundle)
		}
		if found := digestOf(code); found != w.Bundle {
			return nil, unlike("the one of worker %s is called %.12s and is %.12s", worker, w.Bundle, found)
		}
		named[w.Bundle] = true
	}
	out := files{}
	for digest, code := range sorted(bundles) {
		if !named[digest] {
			return nil, unlike("%.12q is of no Worker", digest)
		}
		out[bundleFile(digest)] = code
	}
	return out, nil
}

func unlike(format string, args ...any) error {
	return hint.Wrap(fmt.Errorf("%w: "+format+"; nothing was written", append([]any{ErrBundle}, args...)...),
		"deploy to staging again, and write the receipt of what it then has")
}

// digestOf is the SHA-256 of bytes as they are.
func digestOf(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}
