//go:build !linux

package runtime

import (
	"os/exec"
	"strconv"
)

// spawner starts children. Without a parent-death signal, those that outlive
// a killed parent are ended by the next New (see pids).
type spawner struct{}

func newSpawner() *spawner { return &spawner{} }

func (s *spawner) start(cmd *exec.Cmd) error { return cmd.Start() }

func (s *spawner) close() {}

// commandLine is what a process was started with, or empty. Windows has no
// ps, so there nothing is ended that cannot be recognised.
func commandLine(pid int) string {
	text, err := exec.Command("ps", "-p", strconv.Itoa(pid), "-o", "command=").Output()
	if err != nil {
		return ""
	}
	return string(text)
}
