package secrets

import (
	"fmt"
	"net/url"
	"strings"

	"crane/internal/hint"
	"crane/internal/idtoken"
	"crane/internal/redact"
	"crane/stacks"
)

// The sources there are, by the names that crane:secrets takes.
const (
	FromInfisical   = "infisical"
	FromEnvironment = "environment"
	FromPlaceholder = "placeholder"
)

// ClientSecretVariable holds the client secret of the Universal Auth identity
// that a stack file declares. It never chooses the identity.
const ClientSecretVariable = "CRANE_INFISICAL_CLIENT_SECRET"

// Declared is where a stack's secrets come from, as its stack file says.
type Declared struct {
	// Source is one of the three; empty means FromInfisical.
	Source string
	// Site is Infisical's address, https unless it is this machine.
	Site string
	// Project is the id of Infisical's project, not its slug.
	Project string
	// Client is the client id of a Universal Auth identity, for people and staging.
	Client string
	// Identity is the id of an OIDC identity, for jobs of the workflow. A stack
	// has the one or the other.
	Identity string
}

// Outside is what a source may take from the process that it runs in.
type Outside struct {
	// Environ is the process's environment, as os.Environ gives it.
	Environ []string
	// Preview says that nothing will be changed.
	Preview bool
	// Redactor learns every value and credential that is fetched.
	Redactor *redact.Redactor
}

// Problems are all that is wrong with a declaration, a line each that names the
// key of the stack file.
func (d Declared) Problems() []string {
	switch d.Source {
	case "", FromInfisical:
		return d.infisical()
	case FromEnvironment, FromPlaceholder:
		return nil
	}
	return []string{fmt.Sprintf("crane:secrets is %q, not %s, %s or %s", d.Source, FromInfisical, FromEnvironment, FromPlaceholder)}
}

func (d Declared) infisical() []string {
	var problems []string
	if d.Site == "" {
		problems = append(problems, "crane:infisical is missing")
	} else if what := badSite(d.Site); what != "" {
		problems = append(problems, "crane:infisical "+what)
	}
	if d.Project == "" {
		problems = append(problems, "crane:infisicalProject is missing")
	}
	switch {
	case d.Client == "" && d.Identity == "":
		problems = append(problems, "one of crane:infisicalClient and crane:infisicalIdentity is missing")
	case d.Client != "" && d.Identity != "":
		problems = append(problems, "crane:infisicalClient and crane:infisicalIdentity are both set, and one identity reads a stack's secrets")
	}
	return problems
}

// badSite says why a site cannot be asked. Its credentials must not show in what
// is printed, so that it may have none.
func badSite(site string) string {
	u, err := url.Parse(site)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return "is not an address such as https://eu.infisical.com"
	}
	if u.Scheme != "https" && (u.Scheme != "http" || !idtoken.Here(u.Hostname())) {
		return fmt.Sprintf("is %q, and only this machine is asked without https", site)
	}
	return ""
}

// Open makes the declared source. What is not declared whole is ErrConfig, and
// placeholders outside a preview are ErrPreview; no request is made.
func (d Declared) Open(o Outside) (Source, error) {
	if problems := d.Problems(); len(problems) > 0 {
		return nil, unset("%s", strings.Join(problems, "; "))
	}
	switch d.Source {
	case FromEnvironment:
		return environment{o}, nil
	case FromPlaceholder:
		return newPlaceholder(o.Preview)
	}
	login, err := d.login(o)
	if err != nil {
		return nil, err
	}
	return newInfisical(d, login, o.Redactor), nil
}

// login is the declared way to log in, complete, because the SDK would fill what
// is empty from the environment, and then the environment would choose.
func (d Declared) login(o Outside) (login, error) {
	getenv := idtoken.Lookup(o.Environ)
	if slug := organizationVariable; getenv(slug) != "" {
		return nil, hint.Wrap(fmt.Errorf("%w: %s would choose the organization; no request was made", ErrConfig, slug), "unset "+slug)
	}
	if d.Identity != "" {
		job, err := idtoken.FromEnvironment(getenv)
		if err != nil {
			return nil, fmt.Errorf("the secrets are read as identity %s, by a job of the workflow: %w; no request was made", d.Identity, err)
		}
		return oidc{identity: d.Identity, job: job}, nil
	}
	secret := strings.TrimSpace(getenv(ClientSecretVariable))
	if secret == "" {
		return nil, hint.Wrap(fmt.Errorf("%w: %s is not set; no request was made", ErrConfig, ClientSecretVariable),
			"set it to the client secret of identity "+d.Client+d.orLocal())
	}
	return universal{client: d.Client, secret: secret}, nil
}

// orLocal is what sets it where the identity is the local one.
func (d Declared) orLocal() string {
	if u, err := url.Parse(d.Site); err == nil && stacks.Loopback(u.Host) {
		return `, or eval "$(crane env)"`
	}
	return ""
}

func unset(format string, args ...any) error {
	return hint.Wrap(fmt.Errorf("%w: %s; no request was made", ErrConfig, fmt.Sprintf(format, args...)),
		"Pulumi.yaml describes every key; pulumi config set KEY VALUE sets one")
}
