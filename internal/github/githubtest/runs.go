package githubtest

import (
	"fmt"
	"net/http"
	"slices"
)

// Run is a run of a workflow.
type Run struct {
	// Workflow is a file in .github/workflows, Event what started it.
	Workflow, Event string
	// Branch and Commit are what it ran on.
	Branch, Commit string
	// Tag says that Branch is the name of a tag, which GitHub calls a branch too.
	Tag bool
	// Conclusion is success, failure, cancelled and so on; empty means success.
	Conclusion string
	// Artifacts are what it has uploaded, by name.
	Artifacts map[string]Artifact
	// Edit changes what GitHub says of the run, behind the back of its search.
	Edit func(run map[string]any)
}

// run is one that has a number.
type run struct {
	Run
	id     int64
	number int
	places []*place
}

// Publish adds a run, the newest of its workflow, and gives its id.
func (g *GitHub) Publish(r Run) int64 {
	g.mu.Lock()
	defer g.mu.Unlock()
	if r.Conclusion == "" {
		r.Conclusion = "success"
	}
	added := &run{Run: r, id: g.next(), number: 1}
	for _, before := range g.runs {
		if before.Workflow == r.Workflow {
			added.number++
		}
	}
	g.runs = append(g.runs, added)
	g.upload(added)
	return added.id
}

// listRuns is https://docs.github.com/en/rest/actions/workflow-runs#list-workflow-runs-for-a-workflow.
func (g *GitHub) listRuns(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	found := []object{}
	known := false
	for _, each := range slices.Backward(g.runs) {
		if each.Workflow != r.PathValue("file") {
			continue
		}
		known = true
		if asked(query.Get("branch"), each.Branch) && asked(query.Get("event"), each.Event) &&
			asked(query.Get("head_sha"), each.Commit) && (query.Get("status") == "completed" || asked(query.Get("status"), each.Conclusion)) {
			found = append(found, each.json(g.URL))
		}
	}
	if !known && !g.has(r.PathValue("file")) {
		refuse(w, http.StatusNotFound, "Not Found")
		return
	}
	answer(w, http.StatusOK, object{"total_count": len(found), "workflow_runs": paged(w, r, found)})
}

// has tells the workflows that are there though they never ran.
func (*GitHub) has(file string) bool {
	return slices.Contains([]string{"deploy.yml", "promote.yml", "preview.yml", "verify.yml", "drift.yml"}, file)
}

func asked(want, has string) bool { return want == "" || want == has }

func (r *run) json(url string) object {
	said := object{
		"id": r.id, "name": r.Workflow, "node_id": fmt.Sprint("WFR_", r.id), "head_branch": r.Branch, "head_sha": r.Commit,
		"path": ".github/workflows/" + r.Workflow, "run_number": r.number, "run_attempt": 1, "event": r.Event,
		"status": "completed", "conclusion": r.Conclusion, "workflow_id": 1, "url": fmt.Sprintf("%s/repos/%s/actions/runs/%d", url, Repository, r.id),
		"pull_requests": []object{}, "created_at": birth, "updated_at": birth, "run_started_at": birth,
		"actor": user("somebody"), "triggering_actor": user("somebody"),
		"repository": repository(RepositoryID, Repository), "head_repository": repository(RepositoryID, Repository),
	}
	if r.Edit != nil {
		r.Edit(said)
	}
	return said
}

func repository(id int64, name string) object {
	return object{"id": id, "node_id": fmt.Sprint("R_", id), "name": "crane", "full_name": name, "private": true, "fork": false, "owner": user("local")}
}

// user is one as GitHub describes it. A name like Bot's is a bot's.
func user(login string) object {
	kind := "User"
	if login == Bot {
		kind = "Bot"
	}
	return object{"login": login, "id": len(login), "node_id": "U_" + login, "type": kind, "site_admin": false}
}
