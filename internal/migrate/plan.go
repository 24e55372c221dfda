package migrate

import (
	"fmt"
	"slices"
)

// Applied is a migration that a database has.
type Applied struct {
	// Name is the ledger's.
	Name string
	// SHA256 is the digest of what was applied, empty when that is not known:
	// the ledger has names only.
	SHA256 string
	// Bookmark is where the database was before the run that applied it; empty
	// when that is not known.
	Bookmark string
}

// Plan gives the files a database does not have yet, in order. It refuses, with
// a ConflictError that has every problem, when the past was changed: a file
// that was applied is gone or is not what it was, or a new file stands before
// one that was applied.
func Plan(files []File, applied []Applied) ([]File, error) {
	problems := changed(files, applied)
	newest := newest(applied)
	var pending []File
	for _, f := range slices.SortedFunc(slices.Values(files), byNumberFirst) {
		if slices.ContainsFunc(applied, func(a Applied) bool { return a.Name == f.Name }) {
			continue
		}
		if byNumberFirst(f, newest) < 0 && !renamed(f, applied) {
			problems = append(problems, fmt.Sprintf("%s: is new, but %s was already applied", f.Name, newest.Name))
		}
		pending = append(pending, f)
	}
	if len(problems) > 0 {
		return nil, &ConflictError{Problems: problems}
	}
	return pending, nil
}

// Head is the newest of a ledger's names, empty for none.
func Head(names []string) string {
	if len(names) == 0 {
		return ""
	}
	return names[len(names)-1]
}

func changed(files []File, applied []Applied) []string {
	var problems []string
	for _, a := range applied {
		i := slices.IndexFunc(files, func(f File) bool { return f.Name == a.Name })
		same := slices.IndexFunc(files, func(f File) bool { return a.SHA256 != "" && f.SHA256 == a.SHA256 })
		switch {
		case i < 0 && same >= 0:
			problems = append(problems, fmt.Sprintf("%s: was applied, but its file is now called %s", a.Name, files[same].Name))
		case i < 0:
			problems = append(problems, a.Name+": was applied, but its file is gone")
		case a.SHA256 != "" && a.SHA256 != files[i].SHA256:
			problems = append(problems, a.Name+": was changed after it was applied")
		}
	}
	return problems
}

// renamed tells a file that was applied under another name, which is said there.
func renamed(f File, applied []Applied) bool {
	return slices.ContainsFunc(applied, func(a Applied) bool { return a.SHA256 == f.SHA256 && a.SHA256 != "" })
}

// newest is what was applied with the highest number.
func newest(applied []Applied) File {
	var newest File
	for _, a := range applied {
		if f := (File{Name: a.Name}); newest.Name == "" || byNumberFirst(f, newest) > 0 {
			newest = f
		}
	}
	return newest
}
