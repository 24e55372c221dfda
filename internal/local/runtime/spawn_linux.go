package runtime

import (
	"fmt"
	"os"
	"os/exec"
	goruntime "runtime"
	"strings"
	"syscall"
)

// spawner starts every child from one OS thread that lives as long as the
// spawner: Linux sends the parent-death signal when the *thread* that made
// the child ends (prctl(2), PR_SET_PDEATHSIG), so children die with this
// process even if it is killed, and not a moment earlier.
type spawner struct{ jobs chan func() }

func newSpawner() *spawner {
	s := &spawner{jobs: make(chan func())}
	go s.loop()
	return s
}

func (s *spawner) loop() {
	goruntime.LockOSThread() // never unlocked: the thread ends with the loop
	for job := range s.jobs {
		job()
	}
}

// start starts cmd. Its own process group keeps a terminal's Ctrl-C from the
// children: this process decides when they end.
func (s *spawner) start(cmd *exec.Cmd) error {
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
	started := make(chan error, 1)
	s.jobs <- func() { started <- cmd.Start() }
	return <-started
}

// close ends the thread, and with it any child that is still there.
func (s *spawner) close() { close(s.jobs) }

// commandLine is what a process was started with, or empty.
func commandLine(pid int) string {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	if err != nil {
		return ""
	}
	return strings.ReplaceAll(string(text), "\x00", " ")
}
