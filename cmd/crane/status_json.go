package main

import (
	"encoding/json"

	"crane/internal/deployed"
	"crane/stacks"
)

// statusDocument is what --json prints. Its form is a contract.
type statusDocument struct {
	Stack      string           `json:"stack"`
	Workers    []workerStatus   `json:"workers"`
	Production productionStatus `json:"production"`
	Main       mainStatus       `json:"main"`
	Behind     *behindStatus    `json:"behind"`
}

type productionStatus struct {
	State string `json:"state"`
	// Reason is why the state is unreadable.
	Reason  string            `json:"reason"`
	Workers []workerStatus    `json:"workers"`
	Release *deployed.Release `json:"release"`
	Pending bool              `json:"pending"`
}

type mainStatus struct {
	Receipt string   `json:"receipt"`
	Commit  string   `json:"commit"`
	On      bool     `json:"on"`
	Off     []string `json:"off"`
}

type behindStatus struct {
	Workers    []string         `json:"workers"`
	Migrations []deployed.Files `json:"migrations"`
	Extra      []deployed.Files `json:"extra"`
}

// encodeStatus writes lists as lists, the empty ones too.
func (w world) encodeStatus(s sight) error {
	off, p := s.off(), s.production
	doc := statusDocument{
		Stack: stacks.Staging.Name, Workers: s.staging.rows,
		Production: productionStatus{State: p.state, Workers: p.rows, Release: p.deployed.Release, Pending: p.deployed.Pending},
		Main:       mainStatus{s.main.receipt, s.main.commit, len(off) == 0, append([]string{}, off...)},
	}
	if p.reason != nil {
		doc.Production.Reason = p.reason.Error()
	}
	if d := s.behind(); d != nil {
		doc.Behind = &behindStatus{
			append([]string{}, d.Workers...), append([]deployed.Files{}, d.Missing...), append([]deployed.Files{}, d.Extra...),
		}
	}
	out := json.NewEncoder(w.stdout)
	out.SetEscapeHTML(false)
	return out.Encode(doc)
}
