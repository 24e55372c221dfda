package doctor

import (
	"errors"
	"net/http"
	"strings"

	"github.com/google/go-github/v88/github"

	"crane/stacks"
)

// DefaultGitHub is where GitHub's own API answers.
const DefaultGitHub = "https://api.github.com"

// GitHub asks GitHub about one repository, each question once.
type GitHub struct {
	client      *github.Client
	owner, name string

	repository   once[*github.Repository]
	organization once[*github.Organization]
	listed       once[map[string]bool]
	environments each[*github.Environment]
	branch       once[*github.Branch]
	rules        once[*github.BranchRules]
	rulesets     each[*github.RepositoryRuleset]
	classic      once[*github.Protection]
	defaults     once[*github.DefaultWorkflowPermissionRepository]
}

// NewGitHub sends nothing. It refuses an empty token, and an address that is not
// https unless it is this machine's.
func NewGitHub(c *http.Client, base, token string, gate stacks.Gate) (*GitHub, error) {
	if token == "" {
		return nil, errToken
	}
	if err := reachable("GitHub", base); err != nil {
		return nil, err
	}
	base = strings.TrimSuffix(base, "/") + "/"
	client, err := github.NewClient(github.WithHTTPClient(still(c)), github.WithAuthToken(token), github.WithURLs(&base, nil))
	owner, name, _ := strings.Cut(gate.Repository, "/")
	return &GitHub{client: client, owner: owner, name: name}, err
}

// permissions are those of a fine-grained token that sees everything.
const permissions = "GITHUB_TOKEN=<a fine-grained token with read access to the repository's actions, " +
	"administration, contents, environments, metadata and secrets> crane doctor"

// blind is what was not seen of GitHub, and how it would be.
func blind(err error) Seen {
	var answer *answerError
	if errors.As(err, &answer) && answer.status < http.StatusInternalServerError && answer.status != http.StatusTooManyRequests {
		return unseen(words(err), permissions)
	}
	return unseen(words(err), again)
}

// failed gives an error of the client library the form that words knows.
func failed(err error) error {
	var answer *github.ErrorResponse
	var limited *github.RateLimitError
	var abused *github.AbuseRateLimitError
	var moved *github.RedirectionError
	switch {
	case errors.As(err, &limited), errors.As(err, &abused):
		return &answerError{"GitHub", http.StatusTooManyRequests, nil, "the limit of requests is reached"}
	case errors.As(err, &moved):
		return &answerError{"GitHub", moved.StatusCode, nil, "the repository has moved"}
	case errors.As(err, &answer) && answer.Response != nil:
		status := answer.Response.StatusCode
		return &answerError{"GitHub", status, nil, short(answer.Message, status)}
	}
	return err
}
