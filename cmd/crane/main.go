// Command crane is the command line beside Pulumi: the environment of a shell,
// the local Cloudflare, the tools, and what runs now.
package main

import (
	"context"
	"os"

	"crane/internal/redact"
)

func main() {
	var r redact.Redactor
	stdout, stderr := r.Writer(os.Stdout), r.Writer(os.Stderr)
	w := world{
		stdin: os.Stdin, stdout: stdout, stderr: stderr,
		environ: os.Environ, getwd: os.Getwd, executable: os.Executable, redactor: &r, names: os.Stdout,
	}
	code := w.run(context.Background(), os.Args[1:])
	_, _ = stdout.Flush(), stderr.Flush() // nobody is left to tell
	os.Exit(code)
}
