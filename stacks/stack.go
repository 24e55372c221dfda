// Package stacks says what exists: the fleet of Workers and databases, and the
// two stacks it is instantiated as. It is plain data, imports no Pulumi and
// reaches for nothing, so that the Pulumi program, the command line and the
// tests all read the same truth in microseconds.
package stacks

import (
	"fmt"
	"math"
	"net"
	"regexp"
	"strings"
)

// Venture is the name under which this project's secrets are kept.
const Venture = "alpha"

// Stack is one of the two environments. What a stack is comes from this
// package and its Pulumi.<stack>.yaml alone, never from an environment variable.
type Stack struct {
	// Name is Pulumi's name of the stack.
	Name string
	// Env is the value of CRANE_ENV that means this stack: dev or prod.
	Env string
	// AccountID is the stack's Cloudflare account. It stands here and in the stack
	// file: here, where a change of it is a change of the program, for the gate.
	AccountID string
	// ScriptSuffix follows a Worker's name in its script's name.
	ScriptSuffix string
	// DatabaseSuffix follows a database's name in its D1 name.
	DatabaseSuffix string
	// Backend is the folder of the stack's local state, from the project's
	// root, or an absolute backend URL such as s3://bucket.
	Backend string
	// Secrets is where the values of this stack's secrets are kept.
	Secrets Scope
	// Deploy is where what deploys this stack is kept: Cloudflare's token, the
	// key of the state, its passphrase. Only production has one: what deploys
	// staging is in the shell of whoever does.
	Deploy Scope
}

// Scope is a place in Infisical: one environment and one path in it.
type Scope struct {
	// Environment is the slug of an Infisical environment: dev or prod.
	Environment string
	// Path begins with a slash.
	Path string
}

// String is the form used in messages, such as dev:/alpha/staging.
func (s Scope) String() string { return s.Environment + ":" + s.Path }

// Script is the name of a Worker's script on this stack.
func (s Stack) Script(worker string) string { return worker + s.ScriptSuffix }

// Database is the name of a D1 database on this stack.
func (s Stack) Database(database string) string { return database + s.DatabaseSuffix }

// LocalState reports whether the state is a folder of this machine, where locks
// and what holds them can be looked at.
func (s Stack) LocalState() bool { return !strings.Contains(s.Backend, "://") }

// All are the stacks there are, the default one first.
func All() []Stack { return []Stack{Staging, Production} }

// Lookup finds a stack by its name, or refuses with the names there are.
func Lookup(name string) (Stack, error) {
	for _, s := range All() {
		if s.Name == name {
			return s, nil
		}
	}
	return Stack{}, fmt.Errorf("%w: %q (there are staging and production)", ErrUnknownStack, name)
}

// URL is where a script answers under a domain: http://<script>.localhost:<port>
// on the local Cloudflare, https://<script>.<subdomain>.workers.dev elsewhere.
func URL(domain, script string) string {
	if Loopback(domain) {
		return "http://" + script + "." + domain
	}
	return "https://" + script + "." + domain
}

// Loopback reports whether a host, with or without a port, can only be this
// machine: localhost, a name under it, or a loopback address. Anything that is
// not exactly a host and a port is refused, because what it decides is whether
// a public token may be sent there.
func Loopback(host string) bool {
	if h, port, err := net.SplitHostPort(host); err == nil {
		if !number(port, 0, math.MaxUint16) {
			return false
		}
		host = h
	} else if strings.HasPrefix(host, "[") && strings.HasSuffix(host, "]") {
		host = host[1 : len(host)-1]
	}
	if ip := net.ParseIP(host); ip != nil {
		return ip.IsLoopback()
	}
	return localName.MatchString(host)
}

// localName is localhost or a name under it, which RFC 6761 keeps on this machine.
var localName = regexp.MustCompile(`^(?i:([a-z0-9-]+\.)*localhost)$`)
