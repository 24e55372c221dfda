package runtime

import "encoding/json"

// Script is one version of a Worker, with everything it needs to run.
type Script struct {
	// Account and Name say whose it is and what it is called.
	Account, Name string
	// Version names this version in file names and logs.
	Version string
	// Main is the name of the module that exports the handlers.
	Main string
	// Modules are its files.
	Modules []Module
	// Bindings are the names in its env.
	Bindings []Binding
	// CompatibilityDate is YYYY-MM-DD; workerd refuses one later than today
	// or than its own build.
	CompatibilityDate string
	// CompatibilityFlags are workerd's.
	CompatibilityFlags []string
}

// Module is one file of a Script.
type Module struct {
	// Name is what import statements call it; Type is one of esm, cjs, text,
	// json, wasm and data.
	Name, Type string
	// Content is the file.
	Content []byte
}

// Binding is one name in a script's env.
type Binding struct {
	// Name is the property of env; Type is one of plain_text, secret_text,
	// json, d1 and service.
	Name, Type string
	// Text is the value of a plain_text or secret_text.
	Text string
	// JSON is the value of a json.
	JSON json.RawMessage
	// DatabaseID is the database of a d1.
	DatabaseID string
	// Service is the script, in the same account, that a service reaches.
	Service string
}

// slot is where a script is deployed.
type slot struct{ account, name string }

func (s Script) slot() slot { return slot{s.Account, s.Name} }
