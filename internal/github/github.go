// Package github is what the jobs of the workflows ask of GitHub: what earlier
// runs have published, the one comment on a pull request, the one issue.
package github

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	api "github.com/google/go-github/v88/github"

	"crane/internal/hint"
	"crane/internal/idtoken"
)

// The variables of a job that this package reads. GitHub sets the first two, the
// workflow hands the third to the steps that need it; see
// https://docs.github.com/en/actions/reference/workflows-and-actions/variables.
const (
	APIVariable        = "GITHUB_API_URL"
	RepositoryVariable = "GITHUB_REPOSITORY"
	TokenVariable      = "GITHUB_TOKEN"
)

// Public is the address of GitHub's API where no other is set.
const Public = "https://api.github.com"

// Config says which repository is asked, where, and as whom.
type Config struct {
	// API is an https address, or an http one of this machine; empty means Public.
	API string
	// Repository is owner/name.
	Repository string
	// Token is the job's own. It is sent to the API's host and to no other.
	Token string
	// HTTPClient is what requests are sent with, but for its time-out and for
	// redirects, of which none is followed; nil means one of our own.
	HTTPClient *http.Client
}

// FromEnvironment is the configuration of the job that this process is part of.
func FromEnvironment(getenv func(string) string) Config {
	return Config{API: cmp.Or(getenv(APIVariable), Public), Repository: getenv(RepositoryVariable), Token: getenv(TokenVariable)}
}

// Client asks one repository. It is safe for concurrent use.
type Client struct {
	api         *api.Client
	storage     *http.Client
	owner, name string
	local       bool // the API is on this machine
}

// Owners and repositories may not be called anything else, so that neither can
// lead a path elsewhere.
var repository = regexp.MustCompile(`^([A-Za-z0-9-]+)/([A-Za-z0-9._-]+)$`)

// New makes a client, or says which setting is wrong: ErrSettings.
func New(c Config) (*Client, error) {
	if c.Token == "" {
		return nil, hint.Wrap(fmt.Errorf("%w: %s is not set; nothing was sent", ErrSettings, TokenVariable),
			`in a job, hand the step ${{ github.token }}; on a laptop, export `+TokenVariable+`="$(gh auth token)"`)
	}
	names := repository.FindStringSubmatch(c.Repository)
	if names == nil || strings.Trim(names[2], ".") == "" {
		return nil, hint.Wrap(fmt.Errorf("%w: %s is %.80q and not owner/name; nothing was sent", ErrSettings, RepositoryVariable, c.Repository),
			"export "+RepositoryVariable+"=OWNER/NAME")
	}
	u, err := url.Parse(cmp.Or(c.API, Public))
	if err != nil || !confidential(u, true) {
		return nil, hint.Wrap(fmt.Errorf("%w: %s is not an https address; nothing was sent", ErrSettings, APIVariable), "unset "+APIVariable)
	}
	asking, err := api.NewClient(api.WithHTTPClient(plain(c.HTTPClient, patience, maxAnswer)), api.WithAuthToken(c.Token),
		api.WithURLs(new(u.String()), nil), api.WithUserAgent("crane"), api.WithRateLimitRedirectionalEndpoints())
	storage := plain(c.HTTPClient, endurance, maxArchive)
	return &Client{api: asking, storage: storage, owner: names[1], name: names[2], local: idtoken.Here(u.Hostname())}, err
}

// confidential reports whether nobody between can read what goes to an address.
func confidential(u *url.URL, local bool) bool {
	return u.Host != "" && (u.Scheme == "https" || u.Scheme == "http" && local && idtoken.Here(u.Hostname()))
}
