package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"

	"crane/internal/local"
)

// kills kills a part of updates with SIGKILL: server, engine or plugin. Every
// third update is a first one, the others change a Worker and bring a
// migration. After each, one `crane up` has to converge.
func (s *storm) kills(target string) {
	s.change()
	took := s.mustUp("a change")
	for done := 0; done < many(1, 10); {
		moment := time.Duration(rand.Int64N(int64(took)))
		what := fmt.Sprintf("update %d, %s killed after %s", done+1, target, moment)
		s.prepare(done%3 == 2)
		if s.killed(target, moment, what) {
			done++
		} else {
			took = max(moment, time.Millisecond) // it had ended before
		}
		s.mustUp(what)
		s.whole(what)
	}
}

// killed runs an update and kills a part of it at a moment, or as soon after as
// there is one, and reports whether it could. An update that fails has to say
// what to do.
func (s *storm) killed(target string, moment time.Duration, what string) bool {
	var said bytes.Buffer
	up := s.command("up")
	up.Stdout, up.Stderr = &said, &said
	s.Check(up.Start())
	ended := make(chan error, 1)
	go func() { ended <- up.Wait() }()
	time.Sleep(moment)
	for !s.kill(target) {
		select {
		case <-ended:
			return false
		case <-time.After(5 * time.Millisecond):
		}
	}
	err := <-ended
	if target == "server" { // who killed a process of Pulumi knows what to do
		s.helpful(what, said.String(), err)
	}
	_ = exec.Command("pkill", "-KILL", "-f", "pulumi-language-go .*"+s.Root).Run() // Pulumi's own stays for minutes
	return true
}

// kill reports whether there was something to kill.
func (s *storm) kill(target string) bool {
	if target == "server" {
		status, err := local.Config{Dir: s.Local()}.Running()
		return err == nil && syscall.Kill(status.PID, syscall.SIGKILL) == nil
	}
	pattern := map[string]string{"engine": "/.crane/bin/pulumi ", "plugin": "/.*(pulumi-resource-|bin/infra)"}[target]
	out, _ := exec.Command("pgrep", "-f", s.Root+pattern).Output() // fails when there is none
	pids := strings.Fields(string(out))
	if len(pids) == 0 {
		return false
	}
	pid, err := strconv.Atoi(pids[rand.IntN(len(pids))])
	return err == nil && syscall.Kill(pid, syscall.SIGKILL) == nil
}
