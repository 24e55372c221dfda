// Package gate decides who may change production, and which receipts of staging
// count: a policy is compiled once from what stacks/production.go declares, and
// identity tokens of GitHub's are held against it. It reads no environment
// variable. What a token says, is at
// https://docs.github.com/en/actions/reference/security/oidc.
package gate

import (
	"context"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
)

// What a token may be used for is its audience, which ends with the digest of the
// receipt: a token for one receipt does not promote another one.
const (
	promotionAudience = "crane:production:"
	receiptAudience   = "crane:receipt:"
)

// Audience is that of the token of a promotion. The digest is the SHA-256 of
// receipt.json, 64 hexadecimal digits.
func Audience(receipt string) string { return promotionAudience + receipt }

// ReceiptAudience is that of the token that signs a receipt, by the same digest.
func ReceiptAudience(receipt string) string { return receiptAudience + receipt }

// Policy is a gate that can be asked. The zero Policy denies everything.
type Policy struct {
	issuer             string
	promotion, receipt question
}

// Issuer is the address of the issuer whose tokens count.
func (p *Policy) Issuer() string { return p.issuer }

// Claims are what a token that was let through says of its job.
type Claims struct {
	// SHA is the commit that the workflow ran on: for a promotion the head of the
	// branch, for a receipt the commit that was deployed.
	SHA string
	// RunID and RunAttempt name the run, Actor the account that started it.
	RunID, RunAttempt, Actor string
	// IssuedAt is when the token was issued, which is when the job asked for it.
	IssuedAt time.Time
}

// Promotion lets the job of a promotion through, or denies it: a token for the
// receipt with that digest, not older than ten minutes, of the first attempt of a
// run of the workflow that promotes. Errors are ErrDenied.
func (p *Policy) Promotion(ctx context.Context, keys oidc.KeySet, token, receipt string, now time.Time) (Claims, error) {
	return p.ask(ctx, p.promotion, keys, token, receipt, now)
}

// Receipt believes a receipt, or denies it: a token for the receipt with that
// digest, of a run of the workflow that deploys to staging. The token's own expiry
// does not count, because it is to outlive its job; its age does. Errors are
// ErrDenied, and ErrOld where nothing but the age is wrong.
func (p *Policy) Receipt(ctx context.Context, keys oidc.KeySet, token, receipt string, now time.Time) (Claims, error) {
	return p.ask(ctx, p.receipt, keys, token, receipt, now)
}

// Earlier is Receipt for what production has run already and goes back to: of any
// age. Whoever gives it keys that were archived has to know from somewhere that is
// trusted, such as production's own state, that this receipt was promoted.
func (p *Policy) Earlier(ctx context.Context, keys oidc.KeySet, token, receipt string, now time.Time) (Claims, error) {
	any := p.receipt
	any.age = 0
	return p.ask(ctx, any, keys, token, receipt, now)
}
