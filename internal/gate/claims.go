package gate

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// claims are those of one token, by their exact names.
type claims struct {
	subject string
	all     map[string]any
}

// decode reads the payload of a token.
func decode(payload []byte) (claims, error) {
	var all map[string]any
	decoder := json.NewDecoder(bytes.NewReader(payload))
	decoder.UseNumber()
	if err := decoder.Decode(&all); err != nil || all == nil || decoder.More() {
		return claims{}, errors.New("what is signed is not a JSON object")
	}
	return claims{all: all}, nil
}

// text is a claim that has to be there, and to be text.
func (c claims) text(name string) (string, error) {
	value, ok := c.all[name]
	if !ok {
		return "", fmt.Errorf("%s has no claim %s", c.subject, name)
	}
	text, ok := value.(string)
	if !ok {
		return "", fmt.Errorf("the claim %s of %s is %s, not text", name, c.subject, kind(value))
	}
	if text == "" {
		return "", fmt.Errorf("the claim %s of %s is empty", name, c.subject)
	}
	return text, nil
}

// is compares a claim with its one right value.
func (c claims) is(name, want string) error {
	got, err := c.text(name)
	if err == nil && got != want {
		err = fmt.Errorf("the claim %s of %s is %s, not %s", name, c.subject, shown(got), shown(want))
	}
	return err
}

// audience wants exactly one, which may stand in a list.
func (c claims) audience(want string) error {
	if list, ok := c.all["aud"].([]any); ok {
		if len(list) != 1 {
			return fmt.Errorf("%w: the claim aud of %s has %d values, not one", ErrAudience, c.subject, len(list))
		}
		c.all["aud"] = list[0]
	}
	if err := c.is("aud", want); err != nil {
		return fmt.Errorf("%w: %w", ErrAudience, err)
	}
	return nil
}

// recorded are the claims that have no one right value, and have to be there.
func (c claims) recorded() (Claims, error) {
	var found Claims
	for _, each := range []struct {
		name string
		into *string
	}{{"sha", &found.SHA}, {"run_id", &found.RunID}, {"run_attempt", &found.RunAttempt}, {"actor", &found.Actor}} {
		var err error
		if *each.into, err = c.text(each.name); err != nil {
			return Claims{}, err
		}
	}
	if !commit.MatchString(found.SHA) {
		return Claims{}, fmt.Errorf("the claim sha of %s is %s, and has to be 40 hexadecimal digits", c.subject, shown(found.SHA))
	}
	return found, nil
}

// lastSecond is the end of the year 9999.
const lastSecond = 253402300799

// time is a claim that has to be there, and to be whole seconds since 1970.
func (c claims) time(name string) (time.Time, error) {
	value, ok := c.all[name]
	if !ok {
		return time.Time{}, fmt.Errorf("%s has no claim %s", c.subject, name)
	}
	number, ok := value.(json.Number)
	if !ok {
		return time.Time{}, fmt.Errorf("the claim %s of %s is %s, not a number", name, c.subject, kind(value))
	}
	seconds, err := number.Int64()
	if err != nil || seconds <= 0 || seconds > lastSecond {
		return time.Time{}, fmt.Errorf("the claim %s of %s is %s, not a time in seconds", name, c.subject, shown(number.String()))
	}
	return time.Unix(seconds, 0).UTC(), nil
}

// kind says what a value of JSON is.
func kind(value any) string {
	switch value.(type) {
	case nil:
		return "null"
	case bool:
		return "true or false"
	case json.Number:
		return "a number"
	case []any:
		return "a list"
	case map[string]any:
		return "an object"
	}
	return "text"
}

// maxShown is how many characters of a value a message shows.
const maxShown = 200

// shown quotes a value that somebody else chose.
func shown(value string) string {
	if runes := []rune(value); len(runes) > maxShown {
		return fmt.Sprintf("%q…", string(slices.Clip(runes[:maxShown])))
	}
	return fmt.Sprintf("%q", strings.ToValidUTF8(value, "?"))
}
