package bench

import (
	"context"
	"fmt"
	"net"
	"os"
	"strings"

	"crane/stacks"
)

// movePorts gives the copy's stack files ports that are free now.
func (w *workspace) movePorts(context.Context) error {
	moved, err := freePorts("7701", "7702", "7703")
	if err != nil {
		return err
	}
	for _, s := range stacks.All() {
		text, err := os.ReadFile(w.StackFile(s.Name))
		if err != nil {
			return err
		}
		if err := os.WriteFile(w.StackFile(s.Name), []byte(moved.Replace(string(text))), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// freePorts replaces ports by free ones, all of them held until each is found.
func freePorts(ports ...string) (*strings.Replacer, error) {
	var moved []string
	for _, port := range ports {
		free, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		defer free.Close()
		moved = append(moved, ":"+port, fmt.Sprintf(":%d", free.Addr().(*net.TCPAddr).Port))
	}
	return strings.NewReplacer(moved...), nil
}
