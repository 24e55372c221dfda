package redact_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"crane/internal/redact"
)

const value = "s3cr&t \"<S>\" /valüe+42!"

func knowing(values ...string) *redact.Redactor {
	r := &redact.Redactor{}
	r.Add(values...)
	return r
}

func TestEveryForm(t *testing.T) {
	t.Parallel()
	r := knowing(value)
	for what, text := range map[string]string{
		"raw":             value,
		"base64":          base64.StdEncoding.EncodeToString([]byte(value)),
		"base64 for URLs": base64.RawURLEncoding.EncodeToString([]byte(value)),
		"query":           url.QueryEscape(value),
		"path":            url.PathEscape(value),
		"hex":             hex.EncodeToString([]byte(value)),
		"JSON":            `s3cr\u0026t \"\u003cS\u003e\" /valüe+42!`,
		"JSON of Node":    `s3cr&t \"<S>\" /valüe+42!`,
		"JSON of Python":  `s3cr&t \"<S>\" /val\u00fce+42!`,
		"Go":              strings.Trim(strconv.Quote(value), `"`),
		"component":       "s3cr%26t%20%22%3CS%3E%22%20%2Fval%C3%BCe%2B42!",
		"RFC 3986":        "s3cr%26t%20%22%3CS%3E%22%20%2Fval%C3%BCe%2B42%21",
		"in small digits": "s3cr%26t+%22%3cS%3e%22+%2fval%c3%bce%2b42%21",
		"HEX":             strings.ToUpper(hex.EncodeToString([]byte(value))),
	} {
		got := r.String("before " + text + " after")
		require.Regexp(t, `^before \[secret\]=* after$`, got, what)
	}
}

// TestInTheMiddleOfBase64 is a Basic Authorization header, with a user name of
// each length modulo three. What may be left of a value is less than a byte at
// each end.
func TestInTheMiddleOfBase64(t *testing.T) {
	t.Parallel()
	r := knowing(value)
	for _, user := range []string{"", "a", "ab", "abc"} {
		whole := base64.StdEncoding.EncodeToString([]byte(user + ":" + value + ":x"))
		got := r.String(whole)
		require.Contains(t, got, redact.Mask, user)
		require.LessOrEqual(t, len(got)-len(redact.Mask), len(whole)-len(value)*8/6+2, user)
	}
}

func TestLinesOfAKeyFile(t *testing.T) {
	t.Parallel()
	r := knowing("-----BEGIN KEY-----\nMIIEvQIBADANBgkq\nab\n-----END KEY-----\n")
	require.Equal(t, "error: [secret]", r.String("error: MIIEvQIBADANBgkq"))
	require.Equal(t, `{"key":"[secret]"}`, r.String(`{"key":"-----BEGIN KEY-----\nMIIEvQIBADANBgkq\nab\n-----END KEY-----\n"}`))
	require.Equal(t, "ab", r.String("ab"), "too short to be one")
}

func TestNothingKnownNothingChanged(t *testing.T) {
	t.Parallel()
	require.Equal(t, "text", (&redact.Redactor{}).String("text"))
	require.Equal(t, "abc text", knowing("", "abc").String("abc text"))
}

// TestTheLongerOneWins: a secret that begins with another one leaves nothing.
func TestTheLongerOneWins(t *testing.T) {
	t.Parallel()
	r := knowing("prefix", "prefix-and-more")
	require.Equal(t, "[secret] [secret]", r.String("prefix-and-more prefix"))
}

// TestWrittenInPieces cuts a text with two secrets that overlap themselves at
// every place, and in single bytes.
func TestWrittenInPieces(t *testing.T) {
	t.Parallel()
	r := knowing("abcab", "xyzxyzw", value)
	text := "abcabcab xyzxyzxyzw ab xyz " + value + " abca"
	want := r.String(text)
	require.Equal(t, "[secret]cab xyz[secret] ab xyz [secret] abca", want)
	for cut := range len(text) {
		require.Equal(t, want, written(t, r, text[:cut], text[cut:]), "cut at %d", cut)
	}
	require.Equal(t, want, written(t, r, strings.Split(text, "")...))
}

func written(t *testing.T, r *redact.Redactor, pieces ...string) string {
	t.Helper()
	var out bytes.Buffer
	w := r.Writer(&out)
	for _, piece := range pieces {
		n, err := w.Write([]byte(piece))
		require.NoError(t, err)
		require.Equal(t, len(piece), n)
		require.NotContains(t, out.String(), value)
	}
	require.NoError(t, w.Flush())
	return out.String()
}

// TestPassesOnWhatIsNoBeginning: a line of progress is not kept back.
func TestPassesOnWhatIsNoBeginning(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	w := knowing("secret-value").Writer(&out)
	_, err := w.Write([]byte("updating...\r"))
	require.NoError(t, err)
	require.Equal(t, "updating...\r", out.String())
}

// TestKnownWhileWriting: what is fetched after the writer was made counts.
func TestKnownWhileWriting(t *testing.T) {
	t.Parallel()
	var r redact.Redactor
	var out bytes.Buffer
	w := r.Writer(&out)
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() { r.Add("known-now"); _, _ = w.Write([]byte("known-now\n")) })
	}
	group.Wait()
	require.NoError(t, w.Flush())
	require.Equal(t, strings.Repeat("[secret]\n", 8), out.String())
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestAFailingWriter(t *testing.T) {
	t.Parallel()
	_, err := knowing("secret").Writer(full{}).Write([]byte("text"))
	require.EqualError(t, err, "disk full")
}

func FuzzPieces(f *testing.F) {
	f.Add("abcab", "abcabcab", 3)
	f.Add("aaaa", "aaaaaaaaa", 1)
	f.Fuzz(func(t *testing.T, secret, text string, cut int) {
		r := knowing(secret)
		if cut < 0 || cut > len(text) {
			return
		}
		var out bytes.Buffer
		w := r.Writer(&out)
		_, _ = w.Write([]byte(text[:cut]))
		_, _ = w.Write([]byte(text[cut:]))
		require.NoError(t, w.Flush())
		require.Equal(t, r.String(text), out.String())
	})
}
