package githubtest

import (
	"archive/zip"
	"bytes"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
)

// Artifact makes the archive of an artifact, each time that it is asked for.
type Artifact func() ([]byte, error)

// Archive is an artifact that is an archive as it is.
func Archive(content []byte) Artifact { return func() ([]byte, error) { return content, nil } }

// Files is an artifact of files by their paths.
func Files(files map[string]string) Artifact {
	return func() ([]byte, error) {
		var out bytes.Buffer
		archive := zip.NewWriter(&out)
		for _, name := range slices.Sorted(maps.Keys(files)) {
			file, err := archive.Create(name)
			if err != nil {
				return nil, err
			}
			if _, err := file.Write([]byte(files[name])); err != nil {
				return nil, err
			}
		}
		err := archive.Close()
		return out.Bytes(), err
	}
}

// Path is an artifact of what is in a folder, or of one file, as it is when
// somebody asks for it. As actions/upload-artifact does, it leaves hidden files
// out.
func Path(path string) Artifact {
	return func() ([]byte, error) {
		files := map[string]string{}
		err := filepath.WalkDir(path, func(at string, entry fs.DirEntry, err error) error {
			if err == nil && at != path && entry.Name()[0] == '.' {
				return skip(entry)
			}
			if err != nil || entry.IsDir() {
				return err
			}
			text, err := os.ReadFile(at)
			name, _ := filepath.Rel(path, at)
			if name == "." {
				name = filepath.Base(path)
			}
			files[filepath.ToSlash(name)] = string(text)
			return err
		})
		if err != nil {
			return nil, err
		}
		return Files(files)()
	}
}

func skip(entry fs.DirEntry) error {
	if entry.IsDir() {
		return fs.SkipDir
	}
	return nil
}
