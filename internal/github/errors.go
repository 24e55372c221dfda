package github

import "errors"

// The errors of this package. What was left unchanged is in each error's words,
// the next command or the permission that the job lacks in its hint.
var (
	// ErrSettings means that the variables of a job are not set, or not as GitHub
	// sets them. Nothing was sent.
	ErrSettings = errors.New("not a job on github")
	// ErrNone means that nothing of the kind was published: there is no such run,
	// or it has no such artifact.
	ErrNone = errors.New("nothing published")
	// ErrRefused means that GitHub would not do it for this token, now or ever:
	// HTTP 401 and 403, and the limits of the rate of requests.
	ErrRefused = errors.New("github refused the token")
	// ErrGone means that what was asked for is not there, or is hidden from this
	// token: HTTP 404, and what has moved.
	ErrGone = errors.New("github has no such thing")
	// ErrUnavailable means that GitHub did not answer, or with HTTP 5xx. What was
	// to be written may have been.
	ErrUnavailable = errors.New("github is not available")
	// ErrAnswer means that GitHub's answer is not what its documentation says.
	ErrAnswer = errors.New("unexpected answer from github")
	// ErrArtifact means that an artifact is not what it should be. Nothing of it
	// was kept.
	ErrArtifact = errors.New("unfit artifact")
	// ErrExpired means that an artifact was there and is kept no longer.
	ErrExpired = errors.New("the artifact has expired")
	// ErrTooLong means that a text is longer than GitHub takes. Nothing was sent.
	ErrTooLong = errors.New("too long for github")
)
