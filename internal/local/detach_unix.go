//go:build unix

package local

import (
	"os/exec"
	"syscall"
)

// detach puts the server into a session of its own, so that it survives the
// shell, the terminal and a Ctrl-C typed at it.
func detach(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true} }
