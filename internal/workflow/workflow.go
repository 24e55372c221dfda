// Package workflow reads the workflows of GitHub Actions and holds them against
// what this project lets a workflow do: who starts it, what it may write, which
// credentials reach which step, and that one job alone reaches production. What
// the keys mean is at
// https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax.
//
// What the types here do not have cannot be read: a key that nobody has thought
// about is refused, not ignored.
package workflow

// File is one workflow.
type File struct {
	// Name is its name in .github/workflows.
	Name        string      `yaml:"-"`
	Title       Value       `yaml:"name"`
	Triggers    Triggers    `yaml:"on"`
	Permissions Permissions `yaml:"permissions"`
	Defaults    Defaults    `yaml:"defaults"`
	Concurrency Concurrency `yaml:"concurrency"`
	Env         Pairs       `yaml:"env"`
	// Jobs are in the order of the file.
	Jobs []Job `yaml:"-"`
	// scalars are all there are in the file, keys too.
	scalars []Value
}

// Defaults are those of every step that runs something.
type Defaults struct {
	Run struct {
		Shell Value `yaml:"shell"`
	} `yaml:"run"`
}

// Concurrency is the group of which one run at a time goes on. One waits, and
// gives way to a newer one.
type Concurrency struct {
	Group Value `yaml:"group"`
	// Cancel ends what goes on in favour of what is new.
	Cancel Value `yaml:"cancel-in-progress"`
}

// Job is one job of a workflow, with Steps or with Uses: another workflow.
type Job struct {
	ID          string      `yaml:"-"`
	Line        int         `yaml:"-"`
	Name        Value       `yaml:"name"`
	Needs       Names       `yaml:"needs"`
	If          Value       `yaml:"if"`
	RunsOn      Value       `yaml:"runs-on"`
	Timeout     Value       `yaml:"timeout-minutes"`
	Environment Value       `yaml:"environment"`
	Permissions Permissions `yaml:"permissions"`
	Concurrency Concurrency `yaml:"concurrency"`
	Env         Pairs       `yaml:"env"`
	Uses        Value       `yaml:"uses"`
	Secrets     Value       `yaml:"secrets"`
	Steps       []Step      `yaml:"steps"`
}

// Step is one step of a job, with Run or with Uses: an action.
type Step struct {
	Line  int   `yaml:"-"`
	ID    Value `yaml:"id"`
	Name  Value `yaml:"name"`
	If    Value `yaml:"if"`
	Run   Value `yaml:"run"`
	Uses  Value `yaml:"uses"`
	With  Pairs `yaml:"with"`
	Env   Pairs `yaml:"env"`
	Shell Value `yaml:"shell"`
}

// Variables are the step's env as it stands in the file, for Expand.
func (s Step) Variables() map[string]string {
	out := map[string]string{}
	for _, p := range s.Env {
		out[p.Name] = p.Text
	}
	return out
}

// Steps are those of one job, or ErrNone.
func Steps(files []File, file, job string) ([]Step, error) {
	for _, f := range files {
		for _, j := range f.Jobs {
			if f.Name == file && j.ID == job {
				return j.Steps, nil
			}
		}
	}
	return nil, none(file, job)
}
