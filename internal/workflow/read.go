package workflow

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"gopkg.in/yaml.v3"
)

// Dir is where GitHub looks for workflows, from the repository's root.
const Dir = ".github/workflows"

// Read reads every workflow of a folder, in the order of their names. GitHub
// looks for both endings, and into no folder below.
func Read(dir string) ([]File, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, malformed(dir, err)
	}
	var files []File
	for _, e := range entries {
		if end := filepath.Ext(e.Name()); end != ".yml" && end != ".yaml" {
			continue
		}
		text, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			return nil, malformed(e.Name(), err)
		}
		f, err := Parse(e.Name(), text)
		if err != nil {
			return nil, err
		}
		files = append(files, f)
	}
	return files, nil
}

// Parse reads one workflow; its errors are ErrMalformed.
func Parse(name string, text []byte) (File, error) {
	f, err := parse(text)
	if err != nil {
		return File{}, malformed(name, err)
	}
	f.Name = name
	return f, nil
}

// document is a file as it is decoded: the order of its jobs is not kept there.
type document struct {
	File `yaml:",inline"`
	Jobs map[string]Job `yaml:"jobs"`
}

func parse(text []byte) (File, error) {
	var root yaml.Node
	if err := yaml.Unmarshal(text, &root); err != nil {
		return File{}, err
	}
	scalars, err := plain(&root)
	if err != nil {
		return File{}, err
	}
	var d document
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	if err := decoder.Decode(&d); err != nil {
		return File{}, err
	}
	if err := decoder.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return File{}, errors.New("there is a second document in it")
	}
	d.scalars = scalars
	d.File.Jobs = placed(d.Jobs, &root)
	return d.File, nil
}

// plain are all scalars. What would make two places of one is refused, and so are
// types that are written out.
func plain(n *yaml.Node) ([]Value, error) {
	if n.Kind == yaml.AliasNode || n.Anchor != "" || n.Value == "<<" || n.Style&yaml.TaggedStyle != 0 {
		return nil, fmt.Errorf("line %d: there is an anchor, an alias or a tag", n.Line)
	}
	if n.Kind == yaml.ScalarNode {
		return []Value{valueOf(n)}, nil
	}
	var all []Value
	for _, child := range n.Content {
		values, err := plain(child)
		if err != nil {
			return nil, err
		}
		all = append(all, values...)
	}
	return all, nil
}

// placed gives jobs and steps their lines, and the jobs the order of the file.
func placed(jobs map[string]Job, root *yaml.Node) []Job {
	var all []Job
	for id, node := range entries(under(root.Content[0], "jobs")) {
		job := jobs[id.Value]
		job.ID, job.Line = id.Value, id.Line
		if steps := under(node, "steps"); steps != nil {
			for i := range job.Steps {
				job.Steps[i].Line = steps.Content[i].Line
			}
		}
		all = append(all, job)
	}
	return all
}

// under is the value of a mapping's key, nil when there is none.
func under(n *yaml.Node, key string) *yaml.Node {
	for name, value := range entries(n) {
		if name.Value == key {
			return value
		}
	}
	return nil
}

// entries are the keys and values of a mapping, in the order of the file.
func entries(n *yaml.Node) func(yield func(*yaml.Node, *yaml.Node) bool) {
	return func(yield func(*yaml.Node, *yaml.Node) bool) {
		for i := 0; n != nil && n.Kind == yaml.MappingNode && i < len(n.Content); i += 2 {
			if !yield(n.Content[i], n.Content[i+1]) {
				return
			}
		}
	}
}
