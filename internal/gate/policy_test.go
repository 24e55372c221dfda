package gate

import (
	"context"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/require"

	"crane/internal/hint"
)

// check is one of Policy's three.
type check func(context.Context, oidc.KeySet, string, string, time.Time) (Claims, error)

func TestPromotion(t *testing.T) {
	t.Parallel()
	p := policy(t)
	for _, now := range []time.Time{birth, birth.Add(5*time.Minute - time.Second)} {
		got, err := p.Promotion(t.Context(), archived(t, issuersKey()), promotionJob().token(t), theirs, now)
		require.NoError(t, err)
		require.Equal(t, Claims{SHA: sha, RunID: "77", RunAttempt: "1", Actor: "octocat", IssuedAt: birth}, got)
	}
	for what, fine := range map[string]claimSet{
		"one audience in a list":   {"aud": []string{Audience(theirs)}},
		"the longest life":         {"exp": birth.Add(maxLife).Unix()},
		"no nbf, and claims to be": {"nbf": nil, "a_new_claim": "of GitHub's"},
	} {
		_, err := p.Promotion(t.Context(), archived(t, issuersKey()), promotionJob().with(fine).token(t), theirs, birth)
		require.NoError(t, err, what)
	}
}

func TestReceipt(t *testing.T) {
	t.Parallel()
	p := policy(t)
	life := declared().ReceiptLife
	again := receiptJob().with(claimSet{"run_attempt": "2"}).token(t)
	for _, age := range []time.Duration{0, time.Minute, life} {
		got, err := p.Receipt(t.Context(), archived(t, issuersKey()), again, theirs, birth.Add(age))
		require.NoError(t, err, age)
		require.Equal(t, Claims{SHA: sha, RunID: "77", RunAttempt: "2", Actor: "octocat", IssuedAt: birth}, got)
	}
	old := birth.Add(life + time.Hour)
	got, err := p.Receipt(t.Context(), archived(t, issuersKey()), again, theirs, old)
	require.Zero(t, got)
	require.ErrorIs(t, err, ErrOld)
	require.ErrorIs(t, err, ErrDenied)
	require.EqualError(t, err, "production may not be changed: the receipt is too old: staging was verified 14d1h0m ago, and 14d0h0m is the limit")
	require.Equal(t, "have deploy.yml verify main on staging again: gh run list --workflow deploy.yml --branch main, then gh run rerun <run>", hint.Of(err))

	_, err = p.Earlier(t.Context(), archived(t, issuersKey()), again, theirs, birth.AddDate(3, 0, 0))
	require.NoError(t, err)
	_, err = p.Receipt(t.Context(), archived(t, issuersKey()), again, theirs, old)
	require.ErrorIs(t, err, ErrOld, "asking for an earlier one changes nothing of the policy")
}

// TestOldIsSaidLast says first what deploying again would not mend.
func TestOldIsSaidLast(t *testing.T) {
	t.Parallel()
	foreign := receiptJob().with(claimSet{"ref": "refs/heads/feature"}).token(t)
	_, err := policy(t).Receipt(t.Context(), archived(t, issuersKey()), foreign, theirs, birth.AddDate(1, 0, 0))
	require.NotErrorIs(t, err, ErrOld)
	require.ErrorContains(t, err, `the claim ref of the receipt's token is "refs/heads/feature", not "refs/heads/main"`)
}

// row is a token with one thing wrong, and what is said of it.
type row struct {
	claims claimSet
	after  time.Duration // between the token's birth and the question
	says   string
}

// common is wrong in both tokens.
func common() []row {
	day := 24 * time.Hour
	rows := []row{
		{claimSet{"iss": "https://evil.example"}, 0, `the claim iss of SUBJECT is "https://evil.example", not "` + github + `"`},
		{claimSet{"iss": github + "/"}, 0, `the claim iss of SUBJECT is "` + github + `/", not`},
		{claimSet{"iss": nil}, 0, `SUBJECT has no claim iss`},
		{claimSet{"iss": 1}, 0, `the claim iss of SUBJECT is a number, not text`},
		{claimSet{"aud": nil}, 0, `SUBJECT has no claim aud`},
		{claimSet{"aud": ""}, 0, `the claim aud of SUBJECT is empty`},
		{claimSet{"aud": 1}, 0, `the claim aud of SUBJECT is a number, not text`},
		{claimSet{"aud": "https://github.com/acme"}, 0, `made for something else: the claim aud of SUBJECT is "https://github.com/acme", not "crane:`},
		{claimSet{"aud": Audience(another)}, 0, `the claim aud of SUBJECT is "` + Audience(another) + `", not "crane:`},
		{claimSet{"aud": ReceiptAudience(another)}, 0, `the claim aud of SUBJECT is "` + ReceiptAudience(another) + `", not "crane:`},
		{claimSet{"aud": []string{Audience(theirs), ReceiptAudience(theirs)}}, 0, `the claim aud of SUBJECT has 2 values, not one`},
		{claimSet{"aud": []string{}}, 0, `the claim aud of SUBJECT has 0 values, not one`},
		{claimSet{"aud": []int{1}}, 0, `the claim aud of SUBJECT is a number, not text`},
		{claimSet{"iat": nil}, 0, `SUBJECT has no claim iat`},
		{claimSet{"iat": null}, 0, `the claim iat of SUBJECT is null, not a number`},
		{claimSet{"iat": "now"}, 0, `the claim iat of SUBJECT is text, not a number`},
		{claimSet{"iat": fmt.Sprint(birth.Unix())}, 0, `the claim iat of SUBJECT is text, not a number`},
		{claimSet{"iat": float64(birth.Unix()) + 0.5}, 0, `not a time in seconds`},
		{claimSet{"iat": -1}, 0, `the claim iat of SUBJECT is "-1", not a time in seconds`},
		{claimSet{"exp": nil}, 0, `SUBJECT has no claim exp`},
		{claimSet{"exp": []int{1}}, 0, `the claim exp of SUBJECT is a list, not a number`},
		{claimSet{"exp": 1e300}, 0, `not a time in seconds`},
		{claimSet{"exp": int64(1) << 62}, 0, `not a time in seconds`},
		{claimSet{"exp": birth.Add(3650 * day).Unix()}, 0, `SUBJECT was issued for 3650d0h0m, and 15m0s is the most`},
		{claimSet{"exp": birth.Add(maxLife + time.Second).Unix()}, 0, `SUBJECT was issued for 15m1s, and 15m0s is the most`},
		{claimSet{"exp": birth.Unix()}, 0, `SUBJECT was issued for 0s, and 15m0s is the most`},
		{claimSet{"exp": birth.Add(-time.Hour).Unix()}, 0, `SUBJECT was issued for -1h0m0s, and`},
		{nil, -6 * time.Second, `SUBJECT was issued at 2026-11-23T06:00:00Z, which is yet to come: it is 2026-11-23T05:59:54Z`},
		{nil, -day, `which is yet to come`},
		{claimSet{"nbf": birth.Add(day).Unix()}, 0, `SUBJECT is not good before 2026-11-24T06:00:00Z: it is 2026-11-23T06:00:00Z`},
		{claimSet{"nbf": birth.Add(time.Minute).Unix()}, 0, `SUBJECT is not good before 2026-11-23T06:01:00Z`},
		{claimSet{"nbf": "x"}, 0, `the claim nbf of SUBJECT is text, not a number`},
		{claimSet{"sha": "main"}, 0, `the claim sha of SUBJECT is "main", and has to be 40 hexadecimal digits`},
		{claimSet{"sha": strings.ToUpper(sha)}, 0, `and has to be 40 hexadecimal digits`},
		{claimSet{"sha": sha + "\n"}, 0, `\n", and has to be 40 hexadecimal digits`},
		{claimSet{"ref": "refs/tags/main"}, 0, `the claim ref of SUBJECT is "refs/tags/main", not "refs/heads/main"`},
		{claimSet{"ref_type": "tag"}, 0, `the claim ref_type of SUBJECT is "tag", not "branch"`},
		{claimSet{"repository": "ACME/crane"}, 0, `is "ACME/crane", not "acme/crane"`},
		{claimSet{"runner_environment": "self-hosted"}, 0, `is "self-hosted", not "github-hosted"`},
		{claimSet{"event_name": "pull_request_target"}, 0, `is "pull_request_target", not`},
		{claimSet{"_claim_names": claimSet{"sha": "x"}}, 0, `SUBJECT was not accepted: oidc: source does not exist`},
	}
	for _, name := range []string{
		"repository", "repository_id", "repository_owner_id", "environment", "ref", "ref_type", "workflow_ref", "job_workflow_ref",
		"event_name", "runner_environment", "sha", "run_id", "run_attempt", "actor",
	} {
		rows = append(rows,
			row{claimSet{name: nil}, 0, "SUBJECT has no claim " + name},
			row{claimSet{name: ""}, 0, "the claim " + name + " of SUBJECT is empty"},
			row{claimSet{name: null}, 0, "the claim " + name + " of SUBJECT is null, not text"},
			row{claimSet{name: 123456}, 0, "the claim " + name + " of SUBJECT is a number, not text"},
			row{claimSet{name: true}, 0, "the claim " + name + " of SUBJECT is true or false, not text"},
			row{claimSet{name: []string{"main"}}, 0, "the claim " + name + " of SUBJECT is a list, not text"},
			row{claimSet{name: claimSet{"eq": "x"}}, 0, "the claim " + name + " of SUBJECT is an object, not text"},
		)
	}
	for _, name := range []string{
		"repository", "repository_id", "repository_owner_id", "environment", "ref", "ref_type", "workflow_ref", "job_workflow_ref",
		"event_name", "runner_environment",
	} {
		right := promotionJob()[name].(string)
		for _, wrong := range []string{"x", right + "x", right + "\n", " " + right, right[:len(right)-1], strings.ToUpper(right) + "x", "*"} {
			rows = append(rows, row{claimSet{name: wrong}, 0, fmt.Sprintf("the claim %s of SUBJECT is %q, not ", name, wrong)})
		}
	}
	return rows
}

// denied holds every row against one of the checks.
func denied(t *testing.T, job claimSet, ask check, subject string, rows []row) {
	t.Helper()
	for _, r := range rows {
		raw := job.with(r.claims).token(t)
		got, err := ask(t.Context(), archived(t, issuersKey()), raw, theirs, birth.Add(r.after))
		require.Zero(t, got, r.says)
		require.ErrorIs(t, err, ErrDenied, r.says)
		require.ErrorContains(t, err, strings.ReplaceAll(r.says, "SUBJECT", subject))
		require.NotContains(t, err.Error(), strings.Split(raw, ".")[1])
		require.NotContains(t, err.Error(), strings.Split(raw, ".")[2])
		require.NotEmpty(t, hint.Of(err))
	}
}

func TestPromotionDenies(t *testing.T) {
	t.Parallel()
	p := policy(t)
	const workflow = "acme/crane/.github/workflows/deploy.yml@refs/heads/main"
	denied(t, promotionJob(), p.Promotion, "the token", append(common(),
		row{claimSet{"aud": ReceiptAudience(theirs)}, 0, `is "` + ReceiptAudience(theirs) + `", not "` + Audience(theirs) + `"`},
		row{claimSet{"environment": "staging"}, 0, `the claim environment of the token is "staging", not "production"`},
		row{claimSet{"event_name": "push"}, 0, `the claim event_name of the token is "push", not "workflow_dispatch"`},
		row{claimSet{"workflow_ref": workflow}, 0, `the claim workflow_ref of the token is "` + workflow + `", not "acme/crane/.github/workflows/promote.yml@refs/heads/main"`},
		row{claimSet{"job_workflow_ref": workflow}, 0, `the claim job_workflow_ref of the token is "` + workflow + `", not`},
		row{claimSet{"run_attempt": "2"}, 0, `the claim run_attempt of the token is "2", not "1"`},
		row{claimSet{"actor": "github-actions[bot]"}, 0, `the run was started by "github-actions[bot]", which is no person`},
		row{nil, 5 * time.Minute, `the token expired at 2026-11-23T06:05:00Z: it is 2026-11-23T06:05:00Z`},
		row{nil, 365 * 24 * time.Hour, `the token expired at 2026-11-23T06:05:00Z: it is 2027-11-23T06:00:00Z`},
		row{claimSet{"exp": birth.Add(maxLife).Unix()}, 11 * time.Minute, `the token was issued 11m0s ago, and 10m0s is the limit`},
	))
	for _, wrong := range []string{"", "x", theirs + "0", strings.ToUpper(theirs)} {
		_, err := p.Promotion(t.Context(), archived(t, issuersKey()), promotionJob().token(t), wrong, birth)
		require.ErrorIs(t, err, ErrDenied)
		require.ErrorContains(t, err, "the receipt's digest is")
	}
	_, err := p.Promotion(t.Context(), archived(t, issuersKey()), promotionJob().token(t), another, birth)
	require.ErrorIs(t, err, ErrAudience)
	require.Equal(t, "gh workflow run promote.yml --ref main", hint.Of(err))
}

func TestReceiptDenies(t *testing.T) {
	t.Parallel()
	p := policy(t)
	rows := append(common(),
		row{claimSet{"aud": Audience(theirs)}, 0, `is "` + Audience(theirs) + `", not "` + ReceiptAudience(theirs) + `"`},
		row{claimSet{"environment": "production"}, 0, `the claim environment of the receipt's token is "production", not "staging"`},
		row{claimSet{"event_name": "workflow_dispatch"}, 0, `is "workflow_dispatch", not "push"`},
	)
	denied(t, receiptJob(), p.Receipt, "the receipt's token", rows)
	denied(t, receiptJob(), p.Earlier, "the receipt's token", rows)
}

// TestSignatures are of tokens whose claims are all right.
func TestSignatures(t *testing.T) {
	t.Parallel()
	good := promotionJob().token(t)
	parts := strings.Split(good, ".")
	encode := func(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }
	der := x509.MarshalPKCS1PublicKey(&issuersKey().PublicKey)
	stranger := promotionJob().signed(t, jose.RS256, strangersKey())
	for what, tc := range map[string]struct{ token, says string }{
		"wrong key":         {stranger, `no key of "` + github + `" made the signature of the token`},
		"their payload":     {parts[0] + "." + strings.Split(receiptJob().token(t), ".")[1] + "." + parts[2], "made the signature"},
		"HS256 of the key":  {promotionJob().signed(t, jose.HS256, der), "the token is not signed with RS256"},
		"alg none":          {encode(`{"alg":"none"}`) + "." + parts[1] + ".", "the token is not signed with RS256"},
		"alg none, signed":  {encode(`{"alg":"none"}`) + "." + parts[1] + "." + parts[2], "the token is not signed with RS256"},
		"RS512":             {promotionJob().signed(t, jose.RS512, issuersKey()), "the token is not signed with RS256"},
		"PS256":             {promotionJob().signed(t, jose.PS256, issuersKey()), "the token is not signed with RS256"},
		"no token":          {"", "the token is empty"},
		"one part":          {"x", "not three parts"},
		"four parts":        {good + ".x", "not three parts"},
		"JSON":              {`{"payload":"` + parts[1] + `","protected":"` + parts[0] + `","signature":"` + parts[2] + `"}`, "not three parts"},
		"a line's end":      {good + "\n", "not base64url in part 3"},
		"padded":            {good + "==", "not base64url in part 3"},
		"the last bits":     {good[:len(good)-1] + string(next(good[len(good)-1])), "not base64url in part 3"},
		"too long":          {good + strings.Repeat("A", maxToken), "16384 is the most"},
		"no key's name":     {encode(`{"alg":"RS256"}`) + "." + parts[1] + "." + parts[2], "made the signature"},
		"not an object":     {array(t), "cannot be read: what is signed is not a JSON object"},
		"its own key":       {ownKey(t), "made the signature"},
		"unknown extension": {critical(t), "made the signature"},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			got, err := policy(t).Promotion(t.Context(), archived(t, issuersKey()), tc.token, theirs, birth)
			require.Zero(t, got)
			require.ErrorIs(t, err, ErrDenied)
			require.ErrorContains(t, err, tc.says)
			if what != "not an object" {
				require.ErrorIs(t, err, ErrSigner)
			}
			require.NotContains(t, err.Error(), parts[1])
		})
	}
}

// next is the base64url digit after one whose last four bits are none of the
// signature's, so that a lax decoder takes both for the same.
func next(digit byte) byte {
	const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	return digits[strings.IndexByte(digits, digit)+1]
}

func sign(t *testing.T, payload string, key any, options *jose.SignerOptions) string {
	t.Helper()
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: jose.JSONWebKey{Key: key, KeyID: "k1"}}, options)
	require.NoError(t, err)
	object, err := signer.Sign([]byte(payload))
	require.NoError(t, err)
	token, err := object.CompactSerialize()
	require.NoError(t, err)
	return token
}

func array(t *testing.T) string { return sign(t, "[]", issuersKey(), nil) }

// ownKey brings its key along.
func ownKey(t *testing.T) string {
	return sign(t, "{}", strangersKey(), &jose.SignerOptions{EmbedJWK: true})
}

func critical(t *testing.T) string {
	return sign(t, "{}", issuersKey(), (&jose.SignerOptions{}).WithCritical("x").WithHeader("x", "y"))
}

func TestWithoutAPolicy(t *testing.T) {
	t.Parallel()
	_, err := (&Policy{}).Promotion(t.Context(), archived(t, issuersKey()), promotionJob().with(claimSet{"iss": ""}).token(t), theirs, birth)
	require.ErrorIs(t, err, ErrDenied)
	require.ErrorIs(t, err, ErrPolicy)
	require.NotEmpty(t, hint.Of(err))
	_, err = policy(t).Receipt(t.Context(), nil, receiptJob().token(t), theirs, birth)
	require.ErrorIs(t, err, ErrDenied)
}

// TestLongValuesAreCut so that a claim does not fill the screen, or steer it.
func TestLongValuesAreCut(t *testing.T) {
	t.Parallel()
	raw := promotionJob().with(claimSet{"ref": "\x1b[31m" + strings.Repeat("x", 5000)}).token(t)
	_, err := policy(t).Promotion(t.Context(), archived(t, issuersKey()), raw, theirs, birth)
	require.Less(t, len(err.Error()), 500)
	require.ErrorContains(t, err, `"\x1b[31mxxx`)
	require.NotContains(t, err.Error(), "\x1b")
}

// TestReadsNoEnvironment holds for all of the package: what a shell has set opens
// nothing.
func TestReadsNoEnvironment(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	read := 0
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		read++
		for _, word := range []string{"Getenv", "LookupEnv", "os.Environ", "\"os\"", "ExpandEnv", "ProxyFromEnvironment", "DefaultTransport", "DefaultClient", "syscall"} {
			require.NotContains(t, string(text), word, file)
		}
	}
	require.Greater(t, read, 5)
}
