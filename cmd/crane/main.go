// Command crane is the command line beside Pulumi: the environment of a shell,
// the local Cloudflare, the tools, and what runs now.
package main

import (
	"context"
	"os"
)

func main() {
	w := world{
		stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr,
		environ: os.Environ, getwd: os.Getwd, executable: os.Executable,
	}
	os.Exit(w.run(context.Background(), os.Args[1:]))
}
