package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"plumbline/backend/store"
	"plumbline/backend/workflow"
)

// scribe writes the commits of one project as the engine would: each holds the
// text of a document, its record and that of the project, and now and then the
// ticks of a person or a run of a model.
type scribe struct {
	number  int
	rng     *rand.Rand
	project workflow.Project
	at      time.Time
	seq     uint64
	runs    int
	ticks   map[string]map[string]workflow.Tick // by path and box
}

const (
	// tickEvery and runEvery say how many versions there are to one that is a tick,
	// or the answer of a run.
	tickEvery, runEvery = 6, 50
	// between is the time from one version to the next.
	between = 5 * time.Minute
)

func newScribe(number int) *scribe {
	at := time.Date(2024, 1, 1, 8, 0, 0, 0, time.UTC)
	name := fmt.Sprintf("Project %d", number)
	return &scribe{number: number, rng: rand.New(rand.NewPCG(3, uint64(number))), at: at, ticks: map[string]map[string]workflow.Tick{}, project: workflow.Project{
		ID: projectID(number), Slug: workflow.Slug(name), Name: name, Summary: projectIdea, WorkflowID: "idea-to-production", CreatedAt: at, UpdatedAt: at,
	}}
}

func projectID(number int) string { return fmt.Sprintf("01HBENCH%018d", number) }

// write makes the next version of a document and its commit.
func (s *scribe) write(m *manuscript) (workflow.Commit, error) {
	s.at = s.at.Add(between)
	s.seq++
	m.number++
	v := workflow.Version{
		ProjectID: s.project.ID, Path: m.path, Number: m.number, Kind: workflow.VersionSaved, At: s.at,
		Author: workflow.Author{Kind: workflow.Person, Name: "Ann Example"}, Message: "Edit " + workflow.Title(m.path), Added: 2, Removed: 2,
	}
	files := []workflow.File{}
	var err error
	switch {
	case m.number == 1:
		v.Kind, v.Message, v.Added, v.Removed = workflow.VersionCreated, "Write "+workflow.Title(m.path), len(m.lines), 0
	case s.seq%runEvery == 0:
		m.revise(s.rng)
		files, err = s.run(&v, m.text())
	case s.seq%tickEvery == 0:
		files, err = s.tick(&v, m)
	default:
		m.revise(s.rng)
	}
	if err != nil {
		return workflow.Commit{}, err
	}
	body := m.text()
	v.Hash, v.Size, v.Words = workflow.Hash(body), len(body), strings.Count(body, " ")
	v.BasisHash = v.Hash
	s.project.UpdatedAt = s.at
	whole, err := store.VersionFiles(v, body)
	if err != nil {
		return workflow.Commit{}, err
	}
	project, err := recordFile("project", s.project.ID, s.project)
	return workflow.Commit{
		Seq: s.seq, ProjectID: s.project.ID, At: s.at, Author: v.Author, Message: v.Message,
		Files: append(append(files, whole...), project), Versions: []workflow.VersionKey{{Path: m.path, Number: m.number}},
	}, err
}

// tick marks a box and returns the record of it.
func (s *scribe) tick(v *workflow.Version, m *manuscript) ([]workflow.File, error) {
	box := m.tick(s.rng)
	v.Kind, v.Message, v.Added, v.Removed = workflow.VersionTicked, "Tick “"+box+"”", 1, 1
	ticks := s.ticks[m.path]
	if ticks == nil {
		ticks = map[string]workflow.Tick{}
		s.ticks[m.path] = ticks
	}
	ticks[box] = workflow.Tick{State: workflow.ItemDone, By: v.Author, At: s.at}
	sum := sha256.Sum256([]byte(m.path))
	f, err := recordFile("tick", hex.EncodeToString(sum[:16]), map[string]any{"path": m.path, "ticks": ticks})
	return []workflow.File{f}, err
}

// run makes the version the answer of a model and returns the records of that.
func (s *scribe) run(v *workflow.Version, answer string) ([]workflow.File, error) {
	s.runs++
	id := fmt.Sprintf("01HRUN%04d%016d", s.number, s.runs)
	prompt := sentence(s.rng, 400)
	v.Kind, v.RunID, v.BasisID, v.Author = workflow.VersionAccepted, id, id, workflow.Author{Kind: workflow.Model, Name: "llama3.1:8b"}
	v.Message = "Accept the answer of llama3.1:8b"
	r, err := recordFile("run", id, workflow.Run{
		ID: id, ProjectID: s.project.ID, Phase: "request", Kind: workflow.RunFirst, State: workflow.RunSucceeded, Provider: "ollama", Model: v.Author.Name,
		PromptID: "request", PromptRevision: v.Hash, PromptHash: workflow.Hash(prompt), PromptSize: len(prompt), Inputs: []workflow.Input{},
		Variables: map[string]string{}, Context: workflow.ContextPlan{Parts: []workflow.ContextPart{}}, Missing: []string{},
		CreatedAt: s.at, StartedAt: s.at, FirstAt: s.at, EndedAt: s.at, PromptTokens: 900, AnswerTokens: 2000, AnswerSize: len(answer), DoneReason: "stop",
	})
	texts := strings.TrimSuffix(strings.Replace(r.Path, "/run/", "/run_text/", 1), ".json")
	return []workflow.File{
		r, {Path: texts + "/prompt.md", Content: []byte(prompt)}, {Path: texts + "/answer.md", Content: []byte(answer)},
		{Path: "runs/" + s.at.Format("2006-01") + "/" + id + ".md", Content: []byte("# " + id + "\n\n" + prompt + "\n\n---\n\n" + answer)},
	}, err
}

// recordFile is the file of a record in a repository, as the documentation of
// package store describes it.
func recordFile(bucket, id string, record any) (workflow.File, error) {
	content, err := json.MarshalIndent(record, "", "  ")
	return workflow.File{Path: fmt.Sprintf(".plumbline/%s/%s/%s.json", bucket, id[len(id)-2:], id), Content: append(content, '\n')}, err
}
