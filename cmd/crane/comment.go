package main

import (
	"context"
	"flag"
	"fmt"
)

const commentUsage = `
usage: crane comment --pull-request N FILE

Makes what FILE says the one comment of crane on a pull request of this
repository: the first time it is posted, later it is put in the place of the one
before. An equal one is not sent again. Only a comment by github-actions[bot]
that carries crane's hidden marker counts as the one before; nobody else's is
touched. More than 65,536 characters are refused, and nothing is sent.

GITHUB_API_URL, GITHUB_REPOSITORY and GITHUB_TOKEN say where and as whom, as in a
job of a workflow. The job needs the permission pull-requests: write.

Example:
  crane comment --pull-request 1 .crane/preview.md
`

func (w world) comment(ctx context.Context, args []string) error {
	var number int
	rest, err := w.flags("comment", args, func(f *flag.FlagSet) { f.IntVar(&number, "pull-request", 0, "") })
	if err != nil {
		return err
	}
	if number < 1 || len(rest) != 1 {
		return fmt.Errorf("%w: crane comment needs --pull-request N and one FILE", errUsage)
	}
	client, err := w.github()
	if err != nil {
		return err
	}
	text, err := w.text(rest[0])
	if err != nil {
		return err
	}
	return client.Comment(ctx, number, text)
}
