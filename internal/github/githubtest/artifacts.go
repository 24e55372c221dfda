package githubtest

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// place is where an artifact is kept.
type place struct {
	id      int64
	run     *run
	name    string
	make    Artifact
	expired bool
}

func (g *GitHub) upload(r *run) {
	for _, name := range slices.Sorted(maps.Keys(r.Artifacts)) {
		r.places = append(r.places, &place{id: g.next(), run: r, name: name, make: r.Artifacts[name]})
	}
}

// Expire lets every artifact of a name expire that is there now.
func (g *GitHub) Expire(name string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, r := range g.runs {
		for _, p := range r.places {
			p.expired = p.expired || p.name == name
		}
	}
}

// listArtifacts is https://docs.github.com/en/rest/actions/artifacts#list-workflow-run-artifacts.
func (g *GitHub) listArtifacts(w http.ResponseWriter, r *http.Request) {
	id, _ := strconv.ParseInt(r.PathValue("run"), 10, 64)
	i := slices.IndexFunc(g.runs, func(each *run) bool { return each.id == id })
	if i < 0 {
		refuse(w, http.StatusNotFound, "Not Found")
		return
	}
	found := []object{}
	for _, p := range g.runs[i].places {
		said, err := p.json(g.URL)
		if err != nil {
			refuse(w, http.StatusInternalServerError, err.Error())
			return
		}
		found = append(found, said)
	}
	answer(w, http.StatusOK, object{"total_count": len(found), "artifacts": paged(w, r, found)})
}

func (p *place) json(url string) (object, error) {
	content, err := p.make()
	sum := sha256.Sum256(content)
	at := fmt.Sprintf("%s/repos/%s/actions/artifacts/%d", url, Repository, p.id)
	return object{
		"id": p.id, "node_id": fmt.Sprint("MDg6QXJ0aWZhY3Q", p.id), "name": p.name, "size_in_bytes": len(content),
		"url": at, "archive_download_url": at + "/zip", "expired": p.expired, "digest": "sha256:" + hex.EncodeToString(sum[:]),
		"created_at": birth, "updated_at": birth, "expires_at": birth,
		"workflow_run": object{"id": p.run.id, "repository_id": RepositoryID, "head_repository_id": RepositoryID, "head_branch": p.run.Branch, "head_sha": p.run.Commit},
	}, err
}

// redirect is https://docs.github.com/en/rest/actions/artifacts#download-an-artifact.
func (g *GitHub) redirect(w http.ResponseWriter, r *http.Request) {
	switch p := g.place(r.PathValue("artifact")); {
	case p == nil:
		refuse(w, http.StatusNotFound, "Not Found")
	case p.expired:
		refuse(w, http.StatusGone, "Artifact has expired")
	default:
		w.Header().Set("Location", fmt.Sprintf("%s/%d.zip?sig=%s", g.storage.URL, p.id, signature))
		w.WriteHeader(http.StatusFound)
	}
}

func (g *GitHub) place(id string) *place {
	for _, r := range g.runs {
		for _, p := range r.places {
			if strconv.FormatInt(p.id, 10) == id {
				return p
			}
		}
	}
	return nil
}

// signature is what the storage lets itself be read with, for whoever has it.
const signature = "storage-signature"

// stored is the storage. It refuses whoever says more than the signature, as the
// real one does.
func (g *GitHub) stored() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{file}", func(w http.ResponseWriter, r *http.Request) {
		id, ok := strings.CutSuffix(r.PathValue("file"), ".zip")
		p := g.place(id)
		if !ok || p == nil || r.URL.Query().Get("sig") != signature || r.Header.Get("Authorization") != "" {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		content, err := p.make()
		if err != nil {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		_, _ = w.Write(content)
	})
	return mux
}
