package gate

import (
	"fmt"
	"strings"
	"time"

	"crane/internal/hint"
	"crane/stacks"
)

// Where is what a stack file points at.
type Where struct {
	// APIHost is the host of Cloudflare's API, with its port if it has one.
	APIHost string
	// Infisical is the address of Infisical. The issuer of the local Cloudflare,
	// and no other, is beside it.
	Infisical string
}

// localPrefix is the path of the local issuer beside Infisical.
const localPrefix = "/oidc"

// mend is what to do about a gate that cannot be used.
const mend = "mend ProductionGate in stacks/production.go"

// maxReceiptLife bounds Gate.ReceiptLife.
const maxReceiptLife = 90 * 24 * time.Hour

// Compile makes a policy of what is declared, or refuses with ErrPolicy and every
// problem of it. A gate that trusts this machine is refused where Cloudflare's API
// is elsewhere.
func Compile(declared stacks.Gate, where Where) (*Policy, error) {
	d := draft{Gate: declared, where: where}
	d.complete()
	d.shapes()
	d.apart()
	d.life()
	issuer := d.issuer()
	if len(d.problems) > 0 {
		return nil, hint.Wrap(fmt.Errorf("%w:\n  %s\nnothing was changed", ErrPolicy, strings.Join(d.problems, "\n  ")), mend)
	}
	return &Policy{issuer: issuer, promotion: promotion(declared), receipt: receipt(declared)}, nil
}

// draft is a declared gate with the problems found so far.
type draft struct {
	stacks.Gate
	where    Where
	problems []string
}

func (d *draft) add(format string, args ...any) {
	d.problems = append(d.problems, fmt.Sprintf(format, args...))
}

// complete lists the fields that are missing, all on one line.
func (d *draft) complete() {
	var missing []string
	if d.Issuer == "" {
		missing = append(missing, "Issuer")
	}
	for _, f := range d.fields() {
		if f.value == "" {
			missing = append(missing, f.name)
		}
	}
	if d.ReceiptLife == 0 {
		missing = append(missing, "ReceiptLife")
	}
	if len(missing) > 0 {
		d.add("every field is required, and missing are %s", strings.Join(missing, ", "))
	}
}

// apart keeps the two workflows from being mistaken for each other. GitHub does
// not tell environments apart by case.
func (d *draft) apart() {
	if d.Promote.File != "" && strings.EqualFold(d.Promote.File, d.Deploy.File) {
		d.add("Promote.File and Deploy.File are both %s: whoever deploys to staging could promote", shown(d.Deploy.File))
	}
	if d.Promote.Environment != "" && strings.EqualFold(d.Promote.Environment, d.Deploy.Environment) {
		d.add("Promote.Environment and Deploy.Environment are both %s: whoever deploys to staging would get production's secrets",
			shown(d.Deploy.Environment))
	}
}

func (d *draft) life() {
	if d.ReceiptLife < 0 {
		d.add("ReceiptLife is %s, and has to be more than nothing", d.ReceiptLife)
	}
	if d.ReceiptLife > maxReceiptLife {
		d.add("ReceiptLife is %s, and may be %s at most", span(d.ReceiptLife), span(maxReceiptLife))
	}
}
