package redact

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
)

// Forms are the texts by which a value is recognized: itself, each long line of
// it, as JSON, URL and hexadecimal text write it, and in base64, also where it
// is the middle of what was encoded, as in a Basic Authorization header. There
// are none for a value that is shorter than Least.
func Forms(value string) []string {
	forms := written(value)
	if strings.Contains(value, "\n") {
		for line := range strings.Lines(value) { // Pulumi prints a line at a time
			forms = append(forms, written(strings.TrimSpace(line))...)
		}
	}
	slices.Sort(forms)
	return slices.Compact(forms)
}

func written(value string) []string {
	if len(value) < Least {
		return nil
	}
	escaped, _ := json.Marshal(value) // a string always marshals
	hexed := hex.EncodeToString([]byte(value))
	forms := []string{
		value, string(escaped[1 : len(escaped)-1]), url.QueryEscape(value), url.PathEscape(value),
		hexed, strings.ToUpper(hexed),
	}
	return append(forms, encoded(value)...)
}

// encoded is the value in both alphabets of base64, at each of the three places
// in a group of three bytes where it can begin. What depends on the neighbours
// is left out.
func encoded(value string) []string {
	var forms []string
	for _, alphabet := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
		for offset := range 3 {
			text := alphabet.EncodeToString(append(make([]byte, offset), value...))
			first := (offset*8 + 5) / 6
			last := (offset + len(value)) * 8 / 6
			if last-first >= Least {
				forms = append(forms, text[first:last])
			}
		}
		if len(value)%3 != 0 {
			forms = append(forms, alphabet.EncodeToString([]byte(value)))
		}
	}
	return forms
}
