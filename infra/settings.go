package main

import (
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"crane/internal/hint"
	"crane/internal/secrets"
	"crane/stacks"
)

// errConfig means that the stack's configuration is not what it should be.
var errConfig = errors.New("configuration")

// settings is the stack's configuration, decoded once.
type settings struct {
	AccountID    string
	APIHost      string
	Domain       string
	Secrets      secrets.Declared
	SmokeSeconds int
	// Cloudflare are the settings of Cloudflare's provider, by their names there.
	Cloudflare map[string]string
}

// decode reads every key once and tells all that is wrong at once: a missing
// key, a value of the wrong form, a key under crane: that nobody reads, and what
// would show a secret to everybody.
func decode(config map[string]string) (settings, error) {
	d := decoder{config: config, read: map[string]bool{}}
	s := settings{
		AccountID:    d.account("crane:accountId"),
		APIHost:      d.host("cloudflare:apiHostname"),
		Domain:       d.host("crane:domain"),
		Secrets:      d.source(),
		SmokeSeconds: d.number("crane:smokeSeconds", 1, 600),
		Cloudflare:   d.under("cloudflare:"),
	}
	d.exposed(s)
	d.unknown()
	if len(d.problems) > 0 {
		err := fmt.Errorf("%w: %s; nothing was changed", errConfig, strings.Join(d.problems, "; "))
		return settings{}, hint.Wrap(err, "Pulumi.yaml describes every key; pulumi config set KEY VALUE sets one")
	}
	return s, nil
}

type decoder struct {
	config   map[string]string
	read     map[string]bool
	problems []string
}

func (d *decoder) problem(format string, args ...any) {
	d.problems = append(d.problems, fmt.Sprintf(format, args...))
}

// optional reads a key that may be left out.
func (d *decoder) optional(key string) string {
	d.read[key] = true
	return d.config[key]
}

func (d *decoder) text(key string) string {
	value := d.optional(key)
	if value == "" {
		d.problem("%s is missing", key)
	}
	return value
}

func (d *decoder) account(key string) string {
	value := d.text(key)
	if value != "" && !isHex(value, 32) {
		d.problem("%s is %q, not 32 hexadecimal digits", key, value)
	}
	return value
}

// host is what an address is made of: with a scheme or a path in it, requests
// would go somewhere else only after half of an update.
func (d *decoder) host(key string) string {
	value := d.text(key)
	u, err := url.Parse("https://" + value)
	if value != "" && (err != nil || u.Host != value || u.Hostname() == "") {
		d.problem("%s is %q, not a host with an optional port", key, value)
	}
	return value
}

// under gives the keys of a namespace, without it.
func (d *decoder) under(namespace string) map[string]string {
	values := map[string]string{}
	for key, value := range d.config {
		if name, ok := strings.CutPrefix(key, namespace); ok {
			values[name] = value
		}
	}
	return values
}

// credentials are the keys under which Cloudflare's provider, but not crane's,
// would take one.
var credentials = []string{"cloudflare:apiKey", "cloudflare:apiToken", "cloudflare:apiUserServiceKey"}

// source reads where the secrets come from.
func (d *decoder) source() secrets.Declared {
	declared := secrets.Declared{
		Source:   d.optional("crane:secrets"),
		Site:     d.optional("crane:infisical"),
		Project:  d.optional("crane:infisicalProject"),
		Client:   d.optional("crane:infisicalClient"),
		Identity: d.optional("crane:infisicalIdentity"),
	}
	d.problems = append(d.problems, declared.Problems()...)
	return declared
}

// exposed refuses a credential in a committed file, whose passphrase is public
// on the local Cloudflare, and Workers on the internet that would hold the local
// Infisical's secrets, which are public too.
func (d *decoder) exposed(s settings) {
	for _, key := range credentials {
		if d.config[key] != "" {
			d.problem("%s does not belong into a stack file, but into CLOUDFLARE_API_TOKEN", key)
		}
	}
	u, err := url.Parse(s.Secrets.Site)
	if err == nil && stacks.Loopback(u.Host) && s.Domain != "" && !stacks.Loopback(s.Domain) {
		d.problem("crane:infisical is this machine, whose secrets are public, but crane:domain is not")
	}
}

func (d *decoder) number(key string, least, most int) int {
	text := d.text(key)
	n, err := strconv.Atoi(text)
	if text != "" && (err != nil || n < least || n > most) {
		d.problem("%s is %q, not a number from %d to %d", key, text, least, most)
	}
	return n
}

func (d *decoder) unknown() {
	for _, key := range slices.Sorted(maps.Keys(d.config)) {
		if strings.HasPrefix(key, "crane:") && !d.read[key] {
			d.problem("%s is no key of this project", key)
		}
	}
}

func isHex(s string, length int) bool {
	return len(s) == length && strings.Trim(s, "0123456789abcdef") == ""
}
