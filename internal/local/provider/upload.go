package provider

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/textproto"
	"strings"
)

// moduleName is the name the official provider gives to every module.
const moduleName = "worker.mjs"

// remoteScript is a script as the API has it.
type remoteScript struct {
	account, name string
	content       string
	module        bool
	bindings      []remoteBinding
}

// metadata is the first part of an upload.
type metadata struct {
	BodyPart           string            `json:"body_part,omitempty"`
	MainModule         string            `json:"main_module,omitempty"`
	Bindings           []binding         `json:"bindings"`
	CompatibilityDate  string            `json:"compatibility_date,omitempty"`
	CompatibilityFlags []string          `json:"compatibility_flags,omitempty"`
	Placement          map[string]string `json:"placement"`
	Tags               []string          `json:"tags"`
}

// binding is one binding of an upload.
type binding struct {
	Name        string  `json:"name"`
	Type        string  `json:"type"`
	Text        string  `json:"text,omitempty"`
	Service     string  `json:"service,omitempty"`
	Environment *string `json:"environment,omitempty"`
	ID          string  `json:"id,omitempty"`
}

// empty reports a binding that is bound to nothing.
func (b binding) empty() bool { return b.Text+b.Service+b.ID == "" }

// bindings lists the bindings of all kinds. A service's environment is always
// said, empty by default, as the official provider does.
func (a WorkersScriptArgs) bindings() []binding {
	out := []binding{}
	for _, b := range a.PlainTextBindings {
		out = append(out, binding{Name: b.Name, Type: "plain_text", Text: b.Text})
	}
	for _, b := range a.SecretTextBindings {
		out = append(out, binding{Name: b.Name, Type: "secret_text", Text: b.Text})
	}
	for _, b := range a.ServiceBindings {
		environment := value(b.Environment)
		out = append(out, binding{Name: b.Name, Type: "service", Service: b.Service, Environment: &environment})
	}
	for _, b := range a.D1DatabaseBindings {
		out = append(out, binding{Name: b.Name, Type: "d1", ID: b.DatabaseID})
	}
	return out
}

// upload replaces a script and all of its bindings.
func (c *client) upload(ctx context.Context, a WorkersScriptArgs) error {
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	if err := a.write(form); err != nil {
		return err
	}
	path := scriptPath(a.AccountID, a.Name)
	got, err := c.send(ctx, "PUT", path, form.FormDataContentType(), body.Bytes())
	if err != nil {
		return err
	}
	return got.decode("PUT", path, nil)
}

// write writes the two parts, metadata first.
func (a WorkersScriptArgs) write(form *multipart.Writer) error {
	meta := metadata{
		Bindings:          a.bindings(),
		CompatibilityDate: value(a.CompatibilityDate), CompatibilityFlags: a.CompatibilityFlags,
		Placement: map[string]string{"mode": ""}, Tags: []string{},
	}
	disposition, contentType := `form-data; name="script"`, "application/javascript"
	meta.BodyPart = "script"
	if value(a.Module) {
		disposition = fmt.Sprintf(`form-data; name="%[1]s"; filename="%[1]s"`, moduleName)
		contentType = "application/javascript+module"
		meta.BodyPart, meta.MainModule = "", moduleName
	}
	text, err := json.Marshal(meta)
	if err != nil {
		return err
	}
	if err := part(form, `form-data; name="metadata"`, "application/json", text); err != nil {
		return err
	}
	if err := part(form, disposition, contentType, []byte(a.Content)); err != nil {
		return err
	}
	return form.Close()
}

func part(form *multipart.Writer, disposition, contentType string, content []byte) error {
	w, err := form.CreatePart(textproto.MIMEHeader{
		"Content-Disposition": {disposition}, "Content-Type": {contentType},
	})
	if err != nil {
		return err
	}
	_, err = w.Write(content)
	return err
}

// download gets a script's content: the first part of a multipart answer is a
// module, anything else a service worker.
func (c *client) download(ctx context.Context, account, name string) (*remoteScript, error) {
	path := scriptPath(account, name)
	got, err := c.send(ctx, "GET", path, "application/json", nil)
	if err != nil {
		return nil, err
	}
	kind, params, err := mime.ParseMediaType(got.header.Get("Content-Type"))
	if err != nil || !strings.HasPrefix(kind, "multipart/") {
		return &remoteScript{content: string(got.body)}, nil
	}
	first, err := multipart.NewReader(bytes.NewReader(got.body), params["boundary"]).NextPart()
	if err != nil {
		return nil, fmt.Errorf("GET %s was answered with a form that has no part: %w", path, err)
	}
	content, err := io.ReadAll(first)
	if err != nil {
		return nil, fmt.Errorf("GET %s was answered with a broken form: %w", path, err)
	}
	return &remoteScript{content: string(content), module: true}, nil
}
