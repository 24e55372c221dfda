package bench

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"

	crane "crane/internal/local/runtime"
)

// Machine is what the measures depend on.
type Machine struct {
	// CPU is the processor's model, or unknown; so are all other texts.
	CPU string `json:"cpu"`
	// Cores is how many of its cores this process may use.
	Cores int `json:"cores"`
	// MemoryGB is in gigabytes, 0 if unknown.
	MemoryGB int `json:"memoryGB"`
	// OS is the system's name and release.
	OS string `json:"os"`
	// Load is the average number of running processes of the last minute, with
	// those of the measurement.
	Load string `json:"load"`
	// The versions of the tools.
	Go       string `json:"go"`
	Node     string `json:"node"`
	Pulumi   string `json:"pulumi"`
	Workerd  string `json:"workerd"`
	Wrangler string `json:"wrangler"`
}

// machine looks at this one. What cannot be found out is unknown: a measure
// without it is still a measure.
func (c Config) machine(ctx context.Context) Machine {
	w := &workspace{Config: c, Layout: c.Project, env: c.Environ}
	ask := func(program string, args ...string) string {
		out, err := w.output(ctx, c.Project.Root, program, args...)
		return firstWord(out, err)
	}
	m := Machine{
		CPU: line("/proc/cpuinfo", "model name"), Cores: runtime.NumCPU(), MemoryGB: memory(),
		OS:   strings.Trim(line("/etc/os-release", "PRETTY_NAME"), `"`) + ", " + runtime.GOOS + "/" + runtime.GOARCH,
		Load: firstWord(fileText("/proc/loadavg")),
		Go:   strings.TrimPrefix(runtime.Version(), "go"), Node: ask("node", "--version"),
		Pulumi: ask(filepath.Join(c.Project.Bin(), "pulumi"), "version"), Workerd: "unknown",
		Wrangler: ask(filepath.Join(c.Project.Workers(), "node_modules", ".bin", "wrangler"), "--version"),
	}
	if workerd, err := crane.Locate(c.Project.Root); err == nil {
		m.Workerd = strings.TrimPrefix(ask(workerd, "--version"), "workerd ")
	}
	return m
}

func fileText(path string) (string, error) {
	text, err := os.ReadFile(path)
	return string(text), err
}

// firstWord is that of a text, or its second if the first is a program's name.
func firstWord(text string, err error) string {
	fields := strings.Fields(text)
	switch {
	case err != nil || len(fields) == 0:
		return "unknown"
	case len(fields) > 1 && fields[0] == "workerd":
		return fields[1]
	}
	return fields[0]
}

// line is the value of a name in a file of names and values.
func line(path, name string) string {
	text, err := fileText(path)
	if err != nil {
		return "unknown"
	}
	for l := range strings.Lines(text) {
		if value, ok := strings.CutPrefix(l, name); ok {
			return strings.TrimSpace(strings.TrimLeft(value, " \t:="))
		}
	}
	return "unknown"
}

func memory() int {
	kilobytes, err := strconv.Atoi(strings.TrimSuffix(line("/proc/meminfo", "MemTotal"), " kB"))
	if err != nil {
		return 0
	}
	return (kilobytes + 1<<19) >> 20
}
