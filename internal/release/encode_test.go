package release_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"crane/internal/hint"
	"crane/internal/release"
)

func TestEncode(t *testing.T) {
	t.Parallel()
	text, err := sample().Encode()
	require.NoError(t, err)
	require.Equal(t, `{
  "commit": "0123456789abcdef0123456789abcdef01234567",
  "runId": "9000000001",
  "verified": "2026-11-23T06:00:00Z",
  "workers": {
    "api": {
      "bundle": "`+digestOf("api")+`",
      "compatibilityDate": "2026-11-01",
      "compatibilityFlags": [
        "nodejs_compat"
      ],
      "revision": "`+digestOf("r1")+`",
      "verifiedAt": "2026-11-23T05:59:00Z"
    },
    "watch": {
      "bundle": "`+digestOf("watch")+`",
      "compatibilityDate": "2026-11-01",
      "compatibilityFlags": [],
      "revision": "`+digestOf("r2")+`",
      "verifiedAt": "2026-11-23T05:59:00Z"
    }
  },
  "databases": {
    "context": {
      "head": "0002_b.sql",
      "migrations": [
        {
          "name": "0001_a.sql",
          "sha256": "`+digestOf("a")+`"
        },
        {
          "name": "0002_b.sql",
          "sha256": "`+digestOf("b")+`"
        }
      ]
    },
    "empty": {
      "head": "",
      "migrations": []
    }
  },
  "secrets": {
    "key": "`+digestOf("key")+`",
    "marks": {
      "ADMIN_KEY": "`+digestOf("mark")+`"
    }
  }
}
`, string(text))

	read, err := release.Decode(text)
	require.NoError(t, err)
	again, err := read.Encode()
	require.NoError(t, err)
	require.Equal(t, text, again)

	elsewhere := sample()
	elsewhere.Verified = birth.In(time.FixedZone("", 3600))
	again, err = elsewhere.Encode()
	require.NoError(t, err)
	require.Equal(t, text, again, "the zone of a clock is no difference")
}

// TestEncodeChangesNothing of what it is given.
func TestEncodeChangesNothing(t *testing.T) {
	t.Parallel()
	r := sample()
	_, err := r.Encode()
	require.NoError(t, err)
	require.Equal(t, sample(), r)
}

// TestMalformed is the same for what is read and for what is written.
func TestMalformed(t *testing.T) {
	t.Parallel()
	text, err := sample().Encode()
	require.NoError(t, err)
	for _, tc := range []struct{ old, new, says string }{
		{`"commit": "0`, `"commit": "`, "the commit is not 40 hexadecimal digits"},
		{`"commit": "0`, `"commit": "G`, "the commit is not 40 hexadecimal digits"},
		{`"9000000001"`, `"run"`, "the run's id is not a number"},
		{`"9000000001"`, `9000000001`, "cannot unmarshal number"},
		{`"2026-11-23T06:00:00Z"`, `"0001-01-01T00:00:00Z"`, "it does not say when it was verified"},
		{`"2026-11-23T06:00:00Z"`, `"yesterday"`, "receipt.json: "},
		{`"bundle": "`, `"bundle": "0`, `the digest of worker "api"'s bundle is not 64 hexadecimal digits`},
		{`"revision": "`, `"revision": "0`, `the revision of worker "api" is not 64 hexadecimal digits`},
		{`"2026-11-01"`, `"soon"`, `the compatibility date of worker "api" is not a day`},
		{`"2026-11-23T05:59:00Z"`, `"0001-01-01T00:00:00Z"`, `worker "api" was not verified`},
		{`"watch": {`, `"": {`, `"" is no Worker's name`},
		{`"watch": {`, `"../x": {`, `"../x" is no Worker's name`},
		{`"empty": {`, `"\u0000": {`, `"\x00" is no database's name`},
		{`"head": "0002_b.sql"`, `"head": "0001_a.sql"`, `the head of database "context" is "0001_a.sql", and its last migration "0002_b.sql"`},
		{`"head": ""`, `"head": "x"`, `the head of database "empty" is "x", and its last migration ""`},
		{`"name": "0001_a.sql"`, `"name": "0002_b.sql"`, `migration "0002_b.sql" of database "context" is there twice`},
		{`"name": "0001_a.sql"`, `"name": ""`, `"", of database "context", is no migration's name`},
		{`"sha256": "`, `"sha256": "0`, `the digest of migration "0001_a.sql" of database "context" is not 64 hexadecimal digits`},
		{`"key": "`, `"key": "0`, "the digest of the fingerprint key is not 64 hexadecimal digits"},
		{`"ADMIN_KEY": "`, `"ADMIN_KEY": "0`, `the mark of secret "ADMIN_KEY" is not 64 hexadecimal digits`},
		{`"runId"`, `"run"`, `unknown field "run"`},
		{`"head": ""`, `"head": "", "tail": ""`, `unknown field "tail"`},
		{`"key": "`, `"salt": "", "key": "`, `unknown field "salt"`},
		{`"workers": {`, `"workers": null, "workers2": {`, `unknown field`},
		{"}\n", "}\n}", "something follows the receipt"},
		{"}\n", "}\n{}", "something follows the receipt"},
		{"}\n", "}\nx", "something follows the receipt"},
		{"}\n", "", "unexpected EOF"},
	} {
		at := strings.LastIndex(string(text), tc.old)
		if tc.old != "}\n" {
			at = strings.Index(string(text), tc.old)
		}
		require.GreaterOrEqual(t, at, 0, tc.old)
		_, err := release.Decode([]byte(string(text)[:at] + tc.new + string(text)[at+len(tc.old):]))
		require.ErrorIs(t, err, release.ErrMalformed, tc.new)
		require.ErrorContains(t, err, tc.says)
		require.NotEmpty(t, hint.Of(err))
	}
	_, err = release.Decode([]byte("{}"))
	require.ErrorContains(t, err, "the commit is not 40 hexadecimal digits; the run's id is not a number; it does not say when it was verified; "+
		"it has no list of Workers; it has no list of databases; the digest of the fingerprint key is not 64 hexadecimal digits")
	_, err = release.Receipt{}.Encode()
	require.ErrorIs(t, err, release.ErrMalformed)
}
