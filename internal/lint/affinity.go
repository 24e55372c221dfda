package lint

import "strings"

func changes(was, is string) bool { return is != "BLOB" && was != is }

// affinity is that of a declared type, https://www.sqlite.org/datatype3.html#determination_of_column_affinity.
// INTEGER and NUMERIC store the same.
func affinity(declared string) string {
	t := strings.ToUpper(declared)
	for _, known := range []struct{ part, affinity string }{
		{"INT", "NUMERIC"}, {"CHAR", "TEXT"}, {"CLOB", "TEXT"}, {"TEXT", "TEXT"}, {"BLOB", "BLOB"},
		{"REAL", "REAL"}, {"FLOA", "REAL"}, {"DOUB", "REAL"},
	} {
		if strings.Contains(t, known.part) {
			return known.affinity
		}
	}
	if t == "" || t == "ANY" {
		return "BLOB"
	}
	return "NUMERIC"
}
