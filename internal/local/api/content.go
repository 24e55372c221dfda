package api

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/textproto"

	"crane/internal/local/runtime"
)

// getContent answers the active version's modules as a form, the main one
// first: the official provider's v4 takes the first part for the script.
func (s *server) getContent(r request) (any, error) {
	_, version, err := active(r)
	if err != nil {
		return nil, err
	}
	modules, err := s.modules(version)
	if err != nil {
		return nil, err
	}
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for _, m := range mainFirst(modules, version.Main) {
		part, err := form.CreatePart(partHeader(m))
		if err != nil {
			return nil, err
		}
		_, _ = part.Write(m.Content) // a buffer takes everything
	}
	header := http.Header{"Content-Type": {form.FormDataContentType()}, "Etag": {version.Etag}, "Cf-Entrypoint": {version.Main}}
	return content{header, &body}, form.Close()
}

func mainFirst(modules []runtime.Module, main string) []runtime.Module {
	var first, rest []runtime.Module
	for _, m := range modules {
		if m.Name == main {
			first = append(first, m)
		} else {
			rest = append(rest, m)
		}
	}
	return append(first, rest...)
}

func partHeader(m runtime.Module) textproto.MIMEHeader {
	header := textproto.MIMEHeader{}
	header.Set("Content-Disposition", fmt.Sprintf("form-data; name=%q; filename=%q", m.Name, m.Name))
	for mediaType, moduleType := range moduleTypes {
		if moduleType == m.Type {
			header.Set("Content-Type", mediaType)
		}
	}
	return header
}
