package workflow

import (
	"regexp"
	"slices"
	"strings"
)

const jobToken = "github.token"

var (
	// asking are the verbs that speak to GitHub, telling those of them that say
	// that something has failed.
	asking  = []string{"fetch", "comment", "issue", "inspect"}
	telling = []string{"comment", "issue"}
	// fixed are what may be named anywhere: GitHub makes them up, nobody else.
	fixed = []string{number, base, "github.run_id"}
	// whatever makes a step run after a failure.
	whatever = regexp.MustCompile(`(?i)\b(always|failure|cancelled)\s*\(`)
)

// variable is where an expression stands: in a step's variable, or in none.
type variable struct {
	at   place
	step Step
	name string
}

// expressions wants simple ones that name what may be named where they stand.
// Conditions are expressions of another kind; run has a rule of its own.
func (r *review) expressions(f File, p policy) {
	in, except := places(f, p)
	for _, v := range f.scalars {
		if except[v.position()] {
			continue
		}
		named, ok := paths(v.Text)
		if !ok {
			r.say(f, v.Line, Expression, "%s is more than ${{ a.b }} or ${{ a.b || c.d }}", v.Text)
		}
		for _, path := range named {
			r.names(f, v, path, in[v.position()])
		}
	}
}

// places are the variables of all steps, and what is no text with expressions.
func places(f File, p policy) (in map[position]variable, except map[position]bool) {
	in, except = map[position]variable{}, map[position]bool{}
	for _, j := range f.Jobs {
		except[j.If.position()] = true
		for _, s := range j.Steps {
			except[s.If.position()], except[s.Run.position()] = true, true
			for _, pair := range s.Env {
				in[pair.position()] = variable{place{f, j, p.jobs[j.ID]}, s, pair.Name}
			}
		}
	}
	return in, except
}

func (r *review) names(f File, v Value, path string, in variable) {
	secret, ok := strings.CutPrefix(path, "secrets.")
	switch {
	case ok && (in.step.Verb() == "" || !slices.Contains(in.at.duty.secrets, secret)):
		r.say(f, v.Line, Secret, "%s may not be here: a secret is one of the job's environment, in the env of a step of crane's", path)
	case path == jobToken && (in.name != "GITHUB_TOKEN" || !slices.Contains(asking, in.step.Verb())):
		r.say(f, v.Line, Token, "the job's token is the GITHUB_TOKEN of crane %s only", strings.Join(asking, ", crane "))
	case ok || path == jobToken || slices.Contains(fixed, path):
	case !strings.HasPrefix(path, "inputs.") || in.name == "":
		r.say(f, v.Line, Expression, "%s may not be named here", path)
	}
}

// regardless wants that a step which holds a credential, or can ask for one, runs
// only while all is well.
func (r *review) regardless(at place, s Step) {
	if !whatever.MatchString(s.If.Text) || slices.Contains(telling, s.Verb()) {
		return
	}
	if s.credential() || granted(at.job)["id-token"] == "write" {
		r.say(at.file, s.If.Line, Regardless, "a step that holds a credential does not run after a failure")
	}
}

func (s Step) credential() bool {
	return slices.ContainsFunc(s.Env, func(p Pair) bool {
		return strings.Contains(p.Text, "secrets.") || strings.Contains(p.Text, jobToken)
	})
}
