package release

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"

	"crane/internal/hint"
)

// Encode writes receipt.json: the same receipt in the same bytes, whichever way its
// times and its empty lists are held. ErrMalformed has all that is wrong with it.
func (r Receipt) Encode() ([]byte, error) {
	r = r.normal()
	if err := r.check(); err != nil {
		return nil, err
	}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(r); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	return text.Bytes(), nil
}

// Decode reads receipt.json: nothing may be in it, or after it, that is not known.
func Decode(text []byte) (Receipt, error) {
	var r Receipt
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&r); err != nil {
		return Receipt{}, malformed("%s: %w", receiptFile, err)
	}
	if _, err := decoder.Token(); err != io.EOF {
		return Receipt{}, malformed("%s: something follows the receipt", receiptFile)
	}
	return r, r.check()
}

func malformed(format string, args ...any) error {
	return hint.Wrap(fmt.Errorf("%w: "+format, append([]any{ErrMalformed}, args...)...), another)
}

// another is what to do about a receipt that is not good.
const another = "take the receipt of a run of the workflow that verifies staging: gh run download <run>"

// normal is the one form of a receipt. It shares nothing that it changes.
func (r Receipt) normal() Receipt {
	r.Verified = r.Verified.UTC()
	workers, databases := make(map[string]Worker, len(r.Workers)), make(map[string]Database, len(r.Databases))
	for name, w := range r.Workers {
		w.VerifiedAt = w.VerifiedAt.UTC()
		w.CompatibilityFlags = listed(w.CompatibilityFlags)
		workers[name] = w
	}
	for name, d := range r.Databases {
		d.Migrations = listed(d.Migrations)
		databases[name] = d
	}
	r.Workers, r.Databases = workers, databases
	if r.Secrets.Marks == nil {
		r.Secrets.Marks = map[string]string{}
	}
	return r
}

// listed is a list that is written as one when it is empty too.
func listed[T any](list []T) []T { return append([]T{}, slices.Clone(list)...) }
