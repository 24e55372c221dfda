package statement

import "fmt"

// UnterminatedError is a string, a quoted identifier or a comment that the
// text never closes.
type UnterminatedError struct {
	// What is "string", "quoted identifier" or "comment".
	What string
	// Offset is where it opens, in bytes; Line and Column count from 1.
	Offset, Line, Column int
}

func (e *UnterminatedError) Error() string {
	return fmt.Sprintf("the %s that opens at line %d, column %d is never closed", e.What, e.Line, e.Column)
}

func unterminated(sql string, offset int, what string) error {
	p := placeOf(sql, offset)
	return &UnterminatedError{What: what, Offset: offset, Line: p.line, Column: p.column}
}
