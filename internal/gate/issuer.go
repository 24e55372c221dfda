package gate

import (
	"net/url"
	"strings"

	"crane/stacks"
)

// issuer is the address of the issuer.
func (d *draft) issuer() string {
	if d.Issuer == stacks.LocalIssuer {
		return d.localIssuer()
	}
	u, err := url.Parse(d.Issuer)
	switch {
	case d.Issuer == "":
	case err != nil || u.Scheme != "https" || u.Hostname() == "" || u.Opaque != "":
		d.add("Issuer is %s, and has to be %s or an https address", shown(d.Issuer), stacks.LocalIssuer)
	case u.User != nil:
		d.add("Issuer has a user name or a password in it")
	case strings.ContainsAny(d.Issuer, "?#"):
		d.add("Issuer is %s, and has to be without a query and a fragment", shown(d.Issuer))
	case strings.ContainsAny(d.Issuer, `*+^$|\(){}`):
		d.add("Issuer is %s, and has to be one address: a gate says exactly whom it lets in", shown(d.Issuer))
	case strings.HasSuffix(d.Issuer, "/"):
		d.add("Issuer is %s, and has to be without the slash at its end: tokens name it exactly", shown(d.Issuer))
	case stacks.Loopback(u.Host) && !stacks.Loopback(d.where.APIHost):
		d.add("Issuer is %s, on this machine, and Cloudflare's API is %s, which is not", shown(d.Issuer), shown(d.where.APIHost))
	}
	return d.Issuer
}

func (d *draft) localIssuer() string {
	u, err := url.Parse(d.where.Infisical)
	switch {
	case !stacks.Loopback(d.where.APIHost):
		d.add("Issuer is %s, on this machine, and Cloudflare's API is %s, which is not", stacks.LocalIssuer, shown(d.where.APIHost))
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || !stacks.Loopback(u.Host) ||
		u.User != nil || strings.Trim(u.Path, "/") != "" || strings.ContainsAny(d.where.Infisical, "?#"):
		d.add("Issuer is %s, and Infisical, beside which it would be, is not an address of this machine", stacks.LocalIssuer)
	}
	return strings.TrimRight(d.where.Infisical, "/") + localPrefix
}
