package redact

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Forms are the texts by which a value is recognized: itself, each long line of
// it, as URL, hexadecimal, Go and JSON text write it, and in base64, also where it
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
	return slices.Concat([]string{value}, quoted(value), escaped(value), hexed(value), encoded(value))
}

// quoted is the value inside the quotes of Go and of JSON, whose writers differ
// in what they escape: the signs of HTML, or whatever is not ASCII.
func quoted(value string) []string {
	var plain strings.Builder
	e := json.NewEncoder(&plain)
	e.SetEscapeHTML(false)
	_ = e.Encode(value) // a string always encodes
	html, _ := json.Marshal(value)
	var forms []string
	for _, text := range []string{plain.String(), string(html), strconv.Quote(value), strconv.QuoteToASCII(value)} {
		text = strings.TrimSpace(text)
		forms = append(forms, text[1:len(text)-1])
	}
	return forms
}

// escaped is the value in a URL: in a query, in a path, by RFC 3986, and as
// encodeURIComponent has it; with either case of the digits.
func escaped(value string) []string {
	query := url.QueryEscape(value)
	component := strings.ReplaceAll(query, "+", "%20")
	var forms []string
	for _, text := range []string{query, url.PathEscape(value), component, kept.Replace(component)} {
		forms = append(forms, text, lowered(text))
	}
	return forms
}

// kept are the signs that encodeURIComponent leaves as they are.
var kept = strings.NewReplacer("%21", "!", "%27", "'", "%28", "(", "%29", ")", "%2A", "*")

var percent = regexp.MustCompile("%[0-9A-F]{2}")

func lowered(text string) string { return percent.ReplaceAllStringFunc(text, strings.ToLower) }

func hexed(value string) []string {
	text := hex.EncodeToString([]byte(value))
	return []string{text, strings.ToUpper(text)}
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
