package stacks

// Resource names one Pulumi resource that stands for an object on Cloudflare
// which can exist only once: after an answer that was lost, creating it again
// fails for ever.
type Resource struct {
	// Type is Pulumi's type token.
	Type string
	// Name is the logical name, without the stack.
	Name string
	// Component and ComponentType are the component that owns it.
	Component, ComponentType string
	// Object is the object's name on Cloudflare.
	Object string
}

// The type tokens of the resources and components that are found by name.
const (
	DatabaseType      = "cloudflare:index/d1Database:D1Database"
	ScriptType        = "cloudflare:index/workersScript:WorkersScript"
	DatabaseComponent = "crane:infra:Database"
	WorkerComponent   = "crane:infra:Worker"
)

// D1Name is the logical name of a database's D1Database.
func D1Name(database string) string { return database + "-d1" }

// ScriptName is the logical name of a Worker's WorkersScript.
func ScriptName(worker string) string { return worker + "-script" }

// Resources are the objects that a fleet has on a stack, databases first.
func (f Fleet) Resources(s Stack) []Resource {
	var out []Resource
	for _, d := range f.Databases {
		out = append(out, Resource{DatabaseType, D1Name(d.Name), d.Name, DatabaseComponent, s.Database(d.Name)})
	}
	for _, w := range f.For(s).Workers {
		out = append(out, Resource{ScriptType, ScriptName(w.Name), w.Name, WorkerComponent, s.Script(w.Name)})
	}
	return out
}
