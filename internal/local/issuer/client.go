package issuer

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"crane/internal/hint"
)

// maxAnswer bounds what StartJob reads of an answer, in bytes.
const maxAnswer = 64 << 10

// Job is what a job is given so that it can ask for tokens; GitHub's jobs find
// the two in ACTIONS_ID_TOKEN_REQUEST_URL and ACTIONS_ID_TOKEN_REQUEST_TOKEN.
type Job struct {
	// URL is where to ask; &audience=… is appended to it.
	URL string `json:"url"`
	// Token is the job's credential, for Authorization: bearer.
	Token string `json:"token"`
}

// StartJob begins a job at the issuer of a local Cloudflare that runs. Errors
// are ErrStart, with a hint; the job then does not exist, or nobody knows its
// credential.
func StartJob(ctx context.Context, client *http.Client, issuerURL string, claims Claims) (Job, error) {
	body, err := json.Marshal(claims)
	if err != nil {
		return Job{}, hint.Wrap(fmt.Errorf("%w: %w", ErrStart, err), "claims are what JSON can hold")
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, issuerURL+"/jobs", bytes.NewReader(body))
	if err != nil {
		return Job{}, hint.Wrap(fmt.Errorf("%w: %w", ErrStart, err), "crane local status")
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := client.Do(request)
	if err != nil {
		return Job{}, hint.Wrap(fmt.Errorf("%w: %s did not answer: %w", ErrStart, issuerURL, cause(err)), "crane local start")
	}
	defer response.Body.Close()
	return started(response)
}

// cause is a failed request's error without its method and address.
func cause(err error) error {
	var failed *url.Error
	if errors.As(err, &failed) {
		return failed.Err
	}
	return err
}

func started(response *http.Response) (job Job, err error) {
	text, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	if err != nil {
		return Job{}, hint.Wrap(fmt.Errorf("%w: %w", ErrStart, err), "crane local status")
	}
	if response.StatusCode == http.StatusCreated && json.Unmarshal(text, &job) == nil && job.URL != "" && job.Token != "" {
		return job, nil
	}
	var said refusal
	_ = json.Unmarshal(text, &said) // what does not speak as the issuer does says nothing
	if response.StatusCode == http.StatusBadRequest && said.Message != "" {
		return Job{}, hint.Wrap(fmt.Errorf("%w: %s", ErrStart, said.Message), "mend the claims")
	}
	return Job{}, hint.Wrap(fmt.Errorf("%w: the issuer answered %s", ErrStart, cmp.Or(said.Message, response.Status)),
		"crane local stop, then crane local start")
}
