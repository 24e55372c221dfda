package lint

// shape is what a statement says it does, as far as rules ask.
type shape struct {
	// verb is CREATE, ALTER, DROP, INSERT, UPDATE, DELETE, PRAGMA, and so on.
	verb string
	// kind is TABLE, INDEX, VIEW or TRIGGER; for ALTER it is ADD, DROP, RENAME
	// or RENAME TO.
	kind string
	// name is the object's; table is the table that it belongs to or changes.
	name, table string
	// column is what ALTER adds, drops or renames; to is the new name.
	column, to string
	// conflict is REPLACE, IGNORE and so on.
	conflict string
	// unique tells a UNIQUE index.
	unique bool
	// body is where the head ends.
	body int
}

func shapeOf(w words) shape {
	i := 0
	if w.at(0) == "WITH" {
		if i = w.find(1, "INSERT", "REPLACE", "UPDATE", "DELETE", "SELECT", "VALUES"); i < 0 {
			return shape{verb: "WITH"}
		}
	}
	switch verb := w.at(i); verb {
	case "CREATE":
		return creation(w)
	case "DROP":
		s := shape{verb: verb, kind: w.at(1)}
		s.name, s.body = w.name(w.skip(2, "IF", "EXISTS"))
		s.table = s.name
		return s
	case "ALTER":
		return alteration(w)
	case "INSERT", "REPLACE", "UPDATE", "DELETE":
		return change(w, i)
	default:
		return shape{verb: verb, body: i + 1}
	}
}

func creation(w words) shape {
	s := shape{verb: "CREATE"}
	i := w.find(1, "TABLE", "INDEX", "VIEW", "TRIGGER")
	if i < 0 {
		return s
	}
	s.kind, s.unique = w.at(i), w.at(i-1) == "UNIQUE"
	s.name, i = w.name(w.skip(i+1, "IF", "NOT", "EXISTS"))
	s.table, s.body = s.name, i
	if s.kind == "INDEX" || s.kind == "TRIGGER" {
		if on := w.find(i, "ON"); on >= 0 {
			s.table, s.body = w.name(on + 1)
		}
	}
	return s
}

func alteration(w words) shape {
	s := shape{verb: "ALTER"}
	i := 0
	s.table, i = w.name(2)
	s.name, s.kind = s.table, w.at(i)
	switch {
	case w.starts(i, "RENAME", "TO"):
		s.kind = "RENAME TO"
		s.to, s.body = w.name(i + 2)
	case s.kind == "RENAME":
		s.column, i = w.name(w.skip(i+1, "COLUMN"))
		s.to, s.body = w.name(w.skip(i, "TO"))
	case s.kind == "ADD" || s.kind == "DROP":
		s.body = w.skip(i+1, "COLUMN")
		s.column, _ = w.name(s.body)
	}
	return s
}

// change reads the head of a statement that changes rows, from i on.
func change(w words, i int) shape {
	s := shape{verb: w.at(i)}
	if s.verb == "REPLACE" {
		s.verb, s.conflict = "INSERT", "REPLACE"
	}
	i++
	if w.at(i) == "OR" {
		s.conflict, i = w.at(i+1), i+2
	}
	i = w.skip(w.skip(i, "INTO"), "FROM")
	s.table, i = w.name(i)
	s.name = s.table
	if w.at(i) == "AS" {
		i += 2
	}
	s.body = i
	return s
}
