package doctor

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
)

// The errors of this package.
var (
	// ErrWrong means that a setting is not what is declared.
	ErrWrong = errors.New("production is not protected as declared")
	// ErrUnsure is what ErrWeak and ErrUnseen have in common: nothing is wrong of
	// what was seen.
	ErrUnsure = errors.New("not all of it is known to be right")
	// ErrWeak means that all was seen, and that something is weak.
	ErrWeak = fmt.Errorf("%w: something could protect more", ErrUnsure)
	// ErrUnseen means that something was not seen, whatever else is weak.
	ErrUnseen = fmt.Errorf("%w: something was not seen", ErrUnsure)
	// ErrNoState means that a stack has no state: nothing was ever deployed.
	ErrNoState = errors.New("nothing was ever deployed")

	// errToken means that there is no credential to ask with.
	errToken = errors.New("there is no token")
	// errAnswer means that an answer cannot be understood.
	errAnswer = errors.New("the answer cannot be understood")
	// errOther means that an answer is about another identity than the one that asks.
	errOther = errors.New("it is another identity")
	// errAbsent means that what was asked for is known not to exist.
	errAbsent = errors.New("it does not exist")
)

// answerError is an answer that is a refusal or a failure.
type answerError struct {
	service string
	status  int
	// codes are Cloudflare's own, of others there are none.
	codes   []int
	message string
}

func (e *answerError) Error() string {
	return fmt.Sprintf("%s answered HTTP %d: %s", e.service, e.status, e.message)
}

// words says why something was not seen, in a line without an address.
func words(err error) string {
	var failed *url.Error
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return "there was no answer in time"
	case errors.As(err, &syntax), errors.As(err, &kind), errors.Is(err, io.ErrUnexpectedEOF):
		return errAnswer.Error()
	case errors.As(err, &failed):
		return "no answer: " + failed.Err.Error()
	}
	return strings.ReplaceAll(err.Error(), "\n", "; ")
}
