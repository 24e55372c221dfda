package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"crane/internal/github"
	"crane/internal/hint"
)

// errText means that a file is not what a comment or an issue can be made of.
var errText = errors.New("nothing was sent")

// github asks the repository of the job that this process is part of. Its token
// is kept out of all that is printed, and out of what is posted.
func (w world) github() (*github.Client, error) {
	config := github.FromEnvironment(w.getenv)
	w.redactor.Add(config.Token)
	return github.New(config)
}

// text is what a file says, without secrets. Files may come from jobs that
// strangers have changed: what is not a file in its own right, such as a link to
// this process's environment, is refused.
func (w world) text(file string) (string, error) {
	if info, err := os.Lstat(file); err == nil && !info.Mode().IsRegular() {
		return "", hint.Wrap(fmt.Errorf("%w: %s is not a regular file", errText, file), "name the file itself")
	}
	opened, err := os.Open(file)
	if err != nil {
		return "", fmt.Errorf("%w: %w", errText, err)
	}
	defer opened.Close()
	content, err := io.ReadAll(io.LimitReader(opened, 4*github.MaxBody+1)) // a character has four bytes at most
	if err != nil {
		return "", fmt.Errorf("%w: %w", errText, err)
	}
	if strings.TrimSpace(string(content)) == "" {
		return "", hint.Wrap(fmt.Errorf("%w: %s is empty", errText, file), "write it first")
	}
	return w.redactor.String(string(content)), nil
}
