package runtime

import (
	"fmt"
	"strings"
)

// Names inside every configuration; the format is
// https://github.com/cloudflare/workerd/blob/main/src/workerd/server/workerd.capnp
const (
	scriptService = "script"
	entryDate     = "2026-01-01"
)

// quote writes a Cap'n Proto text literal: printable ASCII as it is, every
// other byte as \xNN.
func quote(text string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i := range len(text) {
		switch c := text[i]; {
		case c == '"' || c == '\\':
			b.WriteByte('\\')
			b.WriteByte(c)
		case c < ' ' || c > '~':
			fmt.Fprintf(&b, `\x%02x`, c)
		default:
			b.WriteByte(c)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// list writes a Cap'n Proto list, one item a line.
func list(items []string) string {
	return "[\n    " + strings.Join(items, ",\n    ") + "]"
}

// document writes a whole configuration that serves one service on loopback.
func document(services []string, service, socket string) string {
	return fmt.Sprintf(`using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = %s,
  sockets = [(name = %s, address = "127.0.0.1:0", service = %s,
    http = (forwardedProtoHeader = %s))]
);
`, list(services), quote(socket), quote(service), quote(headerProto))
}
