package main

import (
	"context"
	"flag"
	"fmt"
)

const issueUsage = `
usage: crane issue --title T FILE
       crane issue --close [--title T] [FILE]

Keeps one issue of this repository. Without --close it is opened with the title T
and the text of FILE, or changed to them when it is open already; an equal one is
not sent again. With --close the open one is closed, with a comment that it is
right again; FILE is not read then, and nothing is posted when none is open.

The issue is known by the label crane, a hidden marker, and github-actions[bot]
as who opened it; nobody else's is touched. More than 65,536 characters are
refused, and nothing is sent.

GITHUB_API_URL, GITHUB_REPOSITORY and GITHUB_TOKEN say where and as whom, as in a
job of a workflow. The job needs the permission issues: write.

Examples:
  crane issue --title 'staging is not as it should be' .crane/inspection.md
  crane issue --close
`

func (w world) issue(ctx context.Context, args []string) error {
	var right bool
	var title string
	rest, err := w.flags("issue", args, func(f *flag.FlagSet) {
		f.BoolVar(&right, "close", false, "")
		f.StringVar(&title, "title", "", "")
	})
	if err != nil {
		return err
	}
	if len(rest) > 1 || !right && (len(rest) == 0 || title == "") {
		return fmt.Errorf("%w: crane issue needs --title T and one FILE, or --close", errUsage)
	}
	client, err := w.github()
	if err != nil {
		return err
	}
	if right {
		return client.Close(ctx)
	}
	text, err := w.text(rest[0])
	if err != nil {
		return err
	}
	return client.Open(ctx, title, text)
}
