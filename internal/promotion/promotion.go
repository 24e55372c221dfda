// Package promotion decides whether an update of production is let through. The
// command line asks before it starts, and the Pulumi program asks again, because
// it may have been started by anybody.
package promotion

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"crane/internal/gate"
	"crane/internal/hint"
	"crane/internal/idtoken"
	"crane/internal/release"
	"crane/stacks"
)

// Place is the folder, from the project's root, that a promotion is prepared in:
// a receipt as package release has it, and a Note.
const Place = ".crane/promotion"

const noteFile = "promotion.json"

// Note goes with the receipt.
type Note struct {
	// Rollback says that an earlier receipt is put in again, whatever its age.
	Rollback bool `json:"rollback"`
	// History is what was promoted before, the newest first.
	History []Past `json:"history"`
}

// Past is one promotion.
type Past struct {
	Commit   string    `json:"commit"`
	Receipt  string    `json:"receipt"`
	Verified time.Time `json:"verified"`
}

// Prepare puts a receipt where the program looks for it, in the place of any that
// was there.
func Prepare(root string, signed *release.Signed, note Note) error {
	place := filepath.Join(root, Place)
	if err := release.Copy(signed, place); err != nil {
		return err
	}
	text, err := json.Marshal(note)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(place, noteFile), text, 0o600)
}

// Request is what a decision needs.
type Request struct {
	// Root is the project's folder.
	Root string
	// Where is what the stack file points at.
	Where gate.Where
	// Environ is the environment of the process. The two variables with which a
	// job asks for its token are read from it, and where git is; nothing in it is
	// trusted.
	Environ []string
	// Now tells the time.
	Now func() time.Time
}

// Admission is an update that is let through.
type Admission struct {
	*release.Signed
	Note
	// Claims are those of the job that updates.
	Claims gate.Claims
}

// Admit lets an update of production through, or says why not: a job of the
// workflow, by its token; a receipt that staging's workflow signed; and the very
// files that it was written for. Every error is an ErrClosed; nothing is changed.
func Admit(ctx context.Context, r Request) (*Admission, error) {
	a, err := admit(ctx, r)
	if err == nil {
		return a, nil
	}
	next := hint.Of(err)
	if errors.Is(err, idtoken.ErrNoJob) || errors.Is(err, ErrNone) {
		next = Instead()
	}
	return nil, hint.Wrap(fmt.Errorf("%w: it changes only through the gated workflow; nothing was changed: %w", ErrClosed, err), next)
}

// Instead is how production is changed.
func Instead() string {
	g := stacks.ProductionGate
	return fmt.Sprintf("gh workflow run %s, or https://github.com/%s/actions/workflows/%s", g.Promote.File, g.Repository, g.Promote.File)
}

func admit(ctx context.Context, r Request) (*Admission, error) {
	policy, err := gate.Compile(stacks.ProductionGate, r.Where)
	if err != nil {
		return nil, err
	}
	job, err := idtoken.FromEnvironment(idtoken.Lookup(r.Environ))
	if err != nil {
		return nil, err
	}
	a, err := open(filepath.Join(r.Root, Place))
	if err != nil {
		return nil, err
	}
	token, err := job.Token(ctx, gate.Audience(a.Digest()))
	if err != nil {
		return nil, err
	}
	keys := gate.Keys(ctx, policy.Issuer())
	if a.Claims, err = policy.Promotion(ctx, keys, token, a.Digest(), r.Now()); err != nil {
		return nil, err
	}
	if err := a.verify(ctx, policy, r.Now()); err != nil {
		return nil, err
	}
	files := Checkout{r.Root, idtoken.Lookup(r.Environ)("PATH")}
	if err := files.Is(ctx, a.Receipt.Commit); err != nil {
		return nil, err
	}
	return a, files.Within(ctx, a.Receipt.Commit, a.Claims.SHA)
}

// Returning is the receipt of a rollback that is prepared, for a preview of it; nil
// when none is. Nobody has verified it.
func Returning(root string) *release.Signed {
	a, err := open(filepath.Join(root, Place))
	if err != nil || !a.Rollback {
		return nil
	}
	return a.Signed
}

func open(place string) (*Admission, error) {
	signed, err := release.Open(place)
	if errors.Is(err, release.ErrNone) {
		return nil, fmt.Errorf("%w in %s", ErrNone, Place)
	}
	if err != nil {
		return nil, err
	}
	a := &Admission{Signed: signed}
	text, err := os.ReadFile(filepath.Join(place, noteFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w in %s", ErrNone, Place)
	}
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(text, &a.Note); err != nil {
		return nil, fmt.Errorf("%w: %s cannot be read", ErrNone, noteFile)
	}
	return a, nil
}

// verify checks the receipt. One that is put in again may be of any age. The
// keys are the issuer's of now, also then: whoever can write this folder could
// bring a key of their own.
func (a *Admission) verify(ctx context.Context, policy *gate.Policy, now time.Time) error {
	verify := a.Verify
	if a.Rollback {
		verify = a.Earlier
	}
	_, err := verify(ctx, policy, gate.Keys(ctx, policy.Issuer()), now)
	return err
}

// Past is the promotion itself, as later ones will remember it.
func (a *Admission) Past() Past {
	return Past{Commit: a.Receipt.Commit, Receipt: a.Digest(), Verified: a.Receipt.Verified}
}
