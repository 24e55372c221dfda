//go:build unix

package local

import (
	"os"
	"os/exec"
	"strconv"
	"syscall"
)

// detach puts the server into a session of its own, so that it survives the
// shell, the terminal and a Ctrl-C typed at it; and keeps from it the files
// that we were started with, on whose end somebody may wait.
func detach(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	files, _ := os.ReadDir("/dev/fd") // a system without it has only the effect above
	for _, f := range files {
		if fd, err := strconv.Atoi(f.Name()); err == nil && fd > 2 {
			syscall.CloseOnExec(fd) // as Go's own files are
		}
	}
}
