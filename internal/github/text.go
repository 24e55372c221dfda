package github

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	api "github.com/google/go-github/v88/github"

	"crane/internal/hint"
)

// MaxBody is how many characters the text of a comment or an issue may have. The
// API says "body is too long (maximum is 65536 characters)" of a longer one; see
// https://github.com/orgs/community/discussions/41331.
const MaxBody = 65536

// The lines by which our own comments and issues are known. Nobody sees them.
const (
	commentMarker = "<!-- crane preview -->"
	issueMarker   = "<!-- crane issue -->"
)

// author is who a job's own token posts as. Nobody else can be called that.
const author = "github-actions[bot]"

// ours reports whether the job's own token has posted a text with a marker.
func ours(user *api.User, body, marker string) bool {
	return user.GetLogin() == author && slices.Contains(strings.Split(strings.ReplaceAll(body, "\r", ""), "\n"), marker)
}

// marked is a text below its marker, or ErrTooLong.
func marked(marker, text string) (string, error) {
	body := marker + "\n" + strings.ToValidUTF8(text, "\uFFFD")
	if n := utf8.RuneCountInString(body); n > MaxBody {
		return "", hint.Wrap(fmt.Errorf("%w: the text has %d characters with its marker, and may have %d; nothing was sent", ErrTooLong, n, MaxBody),
			"shorten it, and put the whole of it into the job's summary")
	}
	return body, nil
}

// same compares texts as GitHub keeps them: its own editor changes ends of lines.
func same(a, b string) bool { return kept(a) == kept(b) }

func kept(text string) string { return strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n")) }
