package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"

	p "github.com/pulumi/pulumi-go-provider"
	"github.com/pulumi/pulumi-go-provider/infer"
	"github.com/pulumi/pulumi-go-provider/infer/types"

	"crane/internal/hint"
	"crane/internal/migrate"
)

// MigrationFile is one SQL file.
type MigrationFile struct {
	Name   string               `pulumi:"name"`
	SHA256 string               `pulumi:"sha256"`
	SQL    types.AssetOrArchive `pulumi:"sql"`
}

// Annotate describes a file in the schema.
func (f *MigrationFile) Annotate(a infer.Annotator) {
	a.SetToken("index", "MigrationFile")
	a.Describe(&f.Name, "Name of the file, such as 0002_notes.sql.")
	a.Describe(&f.SHA256, "SHA-256 of its text with LF line ends, in hexadecimal.")
	a.Describe(&f.SQL, "The file, as a FileAsset with a path relative to the project.")
}

// read reads the declared files and refuses, all at once, what are no
// migrations or not what was declared.
func (w World) read(declared []MigrationFile) ([]migrate.File, error) {
	sources := make([]migrate.Source, 0, len(declared))
	for _, f := range declared {
		text, err := w.text(f)
		if err != nil {
			return nil, err
		}
		sources = append(sources, migrate.Source{Name: f.Name, Text: text})
	}
	files, err := migrate.Files(sources)
	if err != nil {
		return nil, err
	}
	return files, match(files, declared)
}

// text reads one file. Only a relative path will do: the text of any other
// asset, or a path of one machine, would end up in the state.
func (w World) text(f MigrationFile) ([]byte, error) {
	if file := f.SQL.Asset; file == nil || !file.IsPath() || filepath.IsAbs(file.Path) {
		return nil, fmt.Errorf("%s: sql is not a FileAsset with a relative path, which alone keeps SQL out of the state", f.Name)
	}
	text, err := os.ReadFile(filepath.Join(w.Root, f.SQL.Asset.Path))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.Name, err)
	}
	return text, nil
}

func match(files []migrate.File, declared []MigrationFile) error {
	var problems []string
	for _, d := range declared {
		i := slices.IndexFunc(files, func(f migrate.File) bool { return f.Name == d.Name })
		if files[i].SHA256 != d.SHA256 {
			problems = append(problems, fmt.Sprintf("%s: its sha256 is %s, not %q as declared", d.Name, files[i].SHA256, d.SHA256))
		}
	}
	if len(problems) == 0 {
		return nil
	}
	return hint.Wrap(&migrate.InvalidError{Problems: problems}, "do not edit migrations while an update runs, and run it again")
}

func failed(property string, err error) []p.CheckFailure {
	if err == nil {
		return nil
	}
	return []p.CheckFailure{{Property: property, Reason: hinted(err).Error()}}
}

// declared are the files as planning needs them: without their text.
func declared(files []MigrationFile) []migrate.File {
	out := make([]migrate.File, len(files))
	for i, f := range files {
		out[i] = migrate.File{Name: f.Name, SHA256: f.SHA256}
	}
	return out
}

func digests(files []MigrationFile) []AppliedMigration {
	out := make([]AppliedMigration, len(files))
	for i, f := range files {
		out[i] = AppliedMigration{Name: f.Name, SHA256: f.SHA256}
	}
	return out
}

func applied(rows []AppliedMigration) []migrate.Applied {
	out := make([]migrate.Applied, len(rows))
	for i, r := range rows {
		out[i] = migrate.Applied{Name: r.Name, SHA256: r.SHA256}
	}
	return out
}

func namesOf(files []migrate.File) []string {
	out := make([]string, len(files))
	for i, f := range files {
		out[i] = f.Name
	}
	return out
}

// news reports whether an update has to do with a file: it is pending, or what
// was applied under its name is not known yet.
func news(name string, pending []migrate.File, applied []AppliedMigration) bool {
	return slices.ContainsFunc(pending, func(f migrate.File) bool { return f.Name == name }) ||
		slices.Contains(applied, AppliedMigration{Name: name})
}
