package api

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strings"

	"crane/internal/local/runtime"
)

// maxScript bounds a script's modules, in bytes after gzip.
const maxScript = 10 << 20

// upload is a script as it was sent: read to the end, before anything is done
// with it.
type upload struct {
	metadata metadata
	modules  []runtime.Module
}

// metadata is the part of an upload that describes the rest.
type metadata struct {
	MainModule         string            `json:"main_module"`
	BodyPart           string            `json:"body_part"`
	Bindings           []bindingSpec     `json:"bindings"`
	KeepBindings       []string          `json:"keep_bindings"`
	CompatibilityDate  string            `json:"compatibility_date"`
	CompatibilityFlags []string          `json:"compatibility_flags"`
	UsageModel         string            `json:"usage_model"`
	Annotations        map[string]string `json:"annotations"`
	Migrations         json.RawMessage   `json:"migrations"`
	Assets             json.RawMessage   `json:"assets"`
	scriptSettings
}

// readUpload reads a multipart upload.
func readUpload(r request) (upload, error) {
	parts, err := multiparts(r)
	if err != nil {
		return upload{}, err
	}
	var u upload
	for _, p := range parts {
		if err := u.add(p); err != nil {
			return upload{}, err
		}
	}
	return u, u.check()
}

// part is one part of a multipart body.
type part struct {
	name, mediaType string
	content         []byte
}

// multiparts reads a multipart body. One that does not end with its closing
// boundary was cut off, which the reader itself does not always see.
func multiparts(r request) ([]part, error) {
	kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/form-data" || params["boundary"] == "" {
		return nil, malformed(http.ErrNotMultipart)
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, unreadable(err)
	}
	if !bytes.HasSuffix(bytes.TrimSpace(body), []byte("--"+params["boundary"]+"--")) {
		return nil, unreadable(io.ErrUnexpectedEOF)
	}
	reader := multipart.NewReader(bytes.NewReader(body), params["boundary"])
	var all []part
	for {
		p, err := reader.NextPart()
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return nil, unreadable(err)
		}
		one, err := readPart(p)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
}

func readPart(p *multipart.Part) (part, error) {
	content, err := io.ReadAll(p)
	if err != nil {
		return part{}, unreadable(err)
	}
	mediaType, _, _ := mime.ParseMediaType(p.Header.Get("Content-Type")) // none is none
	return part{p.FormName(), mediaType, content}, nil
}

// moduleTypes are the media types that wrangler and the providers send.
var moduleTypes = map[string]string{
	"application/javascript+module": "esm",
	"application/javascript":        "cjs",
	"text/plain":                    "text",
	"application/json":              "json",
	"application/wasm":              "wasm",
	"application/octet-stream":      "data",
}

const sourceMap = "application/source-map"

func (u *upload) add(p part) error {
	if p.name == "metadata" {
		return parse(p.content, &u.metadata)
	}
	if p.mediaType == sourceMap {
		return nil
	}
	moduleType, known := moduleTypes[p.mediaType]
	if !known {
		return invalid("module %q has the content type %q, which this server does not know", p.name, p.mediaType)
	}
	u.modules = append(u.modules, runtime.Module{Name: p.name, Type: moduleType, Content: p.content})
	return nil
}

// check refuses what is no script or one that cannot run here.
func (u *upload) check() error {
	switch {
	case u.metadata.BodyPart != "":
		return invalid("this server runs ES modules only: send main_module instead of body_part")
	case u.metadata.MainModule == "":
		return invalid("no main module: metadata has to have a main_module")
	case present(u.metadata.Migrations):
		return invalid("this server has no Durable Objects: leave out migrations")
	case present(u.metadata.Assets):
		return invalid("this server has no static assets: leave out assets")
	}
	for _, m := range u.modules {
		if m.Name == u.metadata.MainModule {
			return checkSize(u.modules)
		}
	}
	return invalid("no such module %q: main_module has to name a part of the upload", u.metadata.MainModule)
}

func present(raw json.RawMessage) bool {
	text := strings.TrimSpace(string(raw))
	return text != "" && text != "null"
}

func checkSize(modules []runtime.Module) error {
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	for _, m := range modules {
		_, _ = z.Write(m.Content) // a buffer takes everything
	}
	_ = z.Close()
	if packed.Len() > maxScript {
		return refuse(http.StatusRequestEntityTooLarge, 10027,
			"Your Worker exceeded the size limit of %d MiB: it has %d bytes after gzip.", maxScript>>20, packed.Len())
	}
	return nil
}
