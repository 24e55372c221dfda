package doctor

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"crane/internal/idtoken"
)

// asker sends requests to one service and reads JSON.
type asker struct {
	service, base string
	client        *http.Client
	// reason finds codes and a message in the body of an error.
	reason func([]byte) ([]int, string)
}

// maxAnswer bounds an answer, in bytes.
const maxAnswer = 8 << 20

// reachable refuses an address to which a credential would go in the clear.
func reachable(service, base string) error {
	u, err := url.Parse(base)
	if err != nil || u.Host == "" || u.User != nil || u.Scheme != "https" && !(u.Scheme == "http" && idtoken.Here(u.Hostname())) {
		return fmt.Errorf("the address of %s is no https address, nothing was sent", service)
	}
	return nil
}

// still is a client that follows no redirect, which would carry a credential
// elsewhere.
func still(c *http.Client) *http.Client {
	if c == nil {
		c = &http.Client{}
	}
	follows := *c
	follows.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &follows
}

// get reads one path.
func (a asker) get(ctx context.Context, token, path string, into any) error {
	return a.do(ctx, http.MethodGet, token, path, nil, into)
}

// post is for logins only.
func (a asker) post(ctx context.Context, path string, body, into any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return err
	}
	return a.do(ctx, http.MethodPost, "", path, bytes.NewReader(text), into)
}

func (a asker) do(ctx context.Context, method, token, path string, body io.Reader, into any) error {
	if err := reachable(a.service, a.base); err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, method, strings.TrimSuffix(a.base, "/")+path, body)
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	answer, err := a.client.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer))
	if err != nil {
		return err
	}
	if answer.StatusCode != http.StatusOK {
		codes, message := a.reason(text)
		return &answerError{a.service, answer.StatusCode, codes, short(message, answer.StatusCode)}
	}
	if err := json.Unmarshal(text, into); err != nil {
		return fmt.Errorf("%w: %s's is not the JSON expected", errAnswer, a.service)
	}
	return nil
}

// short is a service's message in one line.
func short(message string, status int) string {
	line := []rune(strings.Join(strings.Fields(message), " "))
	if len(line) == 0 {
		return http.StatusText(status)
	}
	return string(line[:min(len(line), 120)])
}
