package bench

import (
	"io"
	"text/template"
)

// Markdown writes the report as a document.
func (r *Report) Markdown(out io.Writer) error {
	page, err := template.New("performance").Funcs(template.FuncMap{"short": short}).Parse(text("performance.md.txt"))
	if err != nil {
		return err
	}
	return page.Execute(out, r)
}
