package runtime

import (
	"encoding/json"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// process is one running workerd.
type process struct {
	// key opens its socket at addr, on loopback.
	key, addr string

	cmd *exec.Cmd
	// port receives the port once it listens; done is closed when it has
	// ended and nothing of it is left.
	port chan int
	done chan struct{}
	// said is the beginning of its standard error.
	said head
}

// alive reports whether the process has not ended.
func (p *process) alive() bool {
	select {
	case <-p.done:
		return false
	default:
		return true
	}
}

// endsWithin waits until the process has ended, at most for d.
func (p *process) endsWithin(d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-p.done:
		return true
	case <-timer.C:
		return false
	}
}

// stop asks the process to end, ends it after grace, and waits.
func (p *process) stop(grace time.Duration) {
	if grace > 0 && p.cmd.Process.Signal(syscall.SIGTERM) == nil && p.endsWithin(grace) {
		return
	}
	_ = p.cmd.Process.Kill() // fails only when it has ended
	<-p.done
}

// listening finds the port in a line of workerd's control output. The socket's
// name is random, so that a script cannot pretend by logging such a line.
func listening(line []byte, socket string) (port int, ok bool) {
	var event struct {
		Event, Socket string
		Port          int
	}
	err := json.Unmarshal(line, &event)
	return event.Port, err == nil && event.Event == "listen" && event.Socket == socket
}

// message is why the process did not start, in its own words but without the
// names of our services.
func (p *process) message() string {
	text := strings.ReplaceAll(p.said.String(), "service "+scriptService+": ", "")
	if text = strings.TrimSpace(text); text != "" {
		return text
	}
	return "it ended without a message: " + p.cmd.ProcessState.String()
}

// minimalEnv is the environment of every child: nothing of ours reaches it.
func minimalEnv() []string {
	env := []string{"TZ=UTC"}
	if root := os.Getenv("SystemRoot"); root != "" { // Windows cannot open sockets without it
		env = append(env, "SystemRoot="+root)
	}
	return env
}
