package store

import (
	"bytes"
	"crypto/sha256"
	"encoding/base32"
	"encoding/json"
	"strings"

	"plumbline/backend/workflow"
)

// adopter takes the content of one record's file into a rebuild. The id is the
// name of the file.
type adopter func(r *Rebuild, c commitFiles, id string, content []byte) error

// adopters holds how the records of each projected bucket come back. It is the
// inverse of Tx.project, bucket by bucket.
func adopters() map[bucketName]adopter {
	return map[bucketName]adopter{
		bucketProject:    (*Rebuild).adoptProject,
		bucketRun:        (*Rebuild).adoptRun,
		bucketRunText:    (*Rebuild).adoptRunText,
		bucketCandidate:  (*Rebuild).adoptCandidate,
		bucketVersion:    (*Rebuild).adoptVersion,
		bucketGateRecord: (*Rebuild).adoptGateRecord,
		bucketTick:       (*Rebuild).adoptTicks,
		bucketVariable:   (*Rebuild).adoptVariables,
		bucketEffort:     (*Rebuild).adoptEffort,
		bucketFinding:    (*Rebuild).adoptFinding,
		bucketFiling:     (*Rebuild).adoptFiling,
	}
}

// payload returns the record as it is kept: the very bytes of the file where
// nothing in it has to change, so that a rebuild is exact.
func payload(changed bool, record any, content []byte) ([]byte, error) {
	if changed {
		return json.Marshal(record)
	}
	var compact bytes.Buffer
	err := json.Compact(&compact, content)
	return compact.Bytes(), err
}

// put notes a record for the next transaction.
func (r *Rebuild) put(name bucketName, k, payload []byte) {
	r.later(len(payload), func(tx *Tx) error {
		_, err := tx.write(name, k, seal(formatJSON, k, payload))
		return err
	})
}

// adoptedID is the id of a run that belonged to another project. It begins like
// the old one, because ids sort by time.
func adoptedID(projectID, runID string) string {
	const time = 10 // characters of a ULID that tell it
	sum := sha256.Sum256([]byte(projectID + separator + runID))
	rest := base32.NewEncoding("0123456789ABCDEFGHJKMNPQRSTVWXYZ").EncodeToString(sum[:10])
	return runID[:min(time, len(runID))] + rest
}

// runID returns the id of a run that a record names, which may be none.
func (r *Rebuild) runID(foreign bool, id string) string {
	if !foreign || id == "" {
		return id
	}
	return adoptedID(r.id, id)
}

func (r *Rebuild) adoptProject(_ commitFiles, id string, content []byte) error {
	var p workflow.Project
	if err := json.Unmarshal(content, &p); err != nil {
		return unreadable(err)
	}
	if p.ID != id {
		return misnamed(id)
	}
	foreign := p.ID != r.id
	p.ID = r.id
	whole, err := payload(foreign, p, content)
	if err == nil {
		r.project = whole
	}
	return err
}

func (r *Rebuild) adoptRun(_ commitFiles, id string, content []byte) error {
	var run workflow.Run
	if err := json.Unmarshal(content, &run); err != nil {
		return unreadable(err)
	}
	if run.ID != id || !run.State.Ended() {
		return misnamed(id)
	}
	foreign := run.ProjectID != r.id
	run.ProjectID, run.ID, run.ParentID = r.id, r.runID(foreign, run.ID), r.runID(foreign, run.ParentID)
	if err := r.free(bucketRun, run.ID); err != nil {
		return err
	}
	whole, err := payload(foreign, run, content)
	if err != nil {
		return err
	}
	if foreign {
		r.adopted[id] = run.ID
	}
	r.put(bucketRun, key(run.ID), whole)
	r.later(0, func(tx *Tx) error { return tx.mark(bucketRunByProject, key(r.id, run.ID)) })
	return nil
}

// free makes sure that an id names no run or candidate of another project.
func (r *Rebuild) free(name bucketName, id string) error {
	if err := workflow.CheckID(id); err != nil {
		return err
	}
	return r.store.View(func(tx *Tx) error {
		var old struct {
			ProjectID string `json:"projectId"`
		}
		if known, err := tx.get(name, key(id), &old); err == nil && known && old.ProjectID != r.id {
			return workflow.Errorf(workflow.Conflict, "Another project has a run with the id %s.", id)
		}
		return nil // one that cannot be read is written anew
	})
}

func (r *Rebuild) adoptRunText(_ commitFiles, id string, content []byte) error {
	run, file, _ := strings.Cut(id, "/")
	part := strings.TrimSuffix(file, ".md")
	if adopted, ok := r.adopted[run]; ok {
		run = adopted
	}
	if err := checkPart(run, part); err != nil {
		return err
	}
	if err := r.free(bucketRun, run); err != nil {
		return err
	}
	k := key(run, part)
	r.later(len(content), func(tx *Tx) error {
		_, err := tx.write(bucketRunText, k, seal(formatText, k, content))
		return err
	})
	return nil
}

func (r *Rebuild) adoptCandidate(_ commitFiles, id string, content []byte) error {
	var c workflow.Candidate
	if err := json.Unmarshal(content, &c); err != nil {
		return unreadable(err)
	}
	if c.RunID != id {
		return misnamed(id)
	}
	foreign := c.ProjectID != r.id
	c.ProjectID, c.RunID = r.id, r.runID(foreign, c.RunID)
	if err := r.free(bucketCandidate, c.RunID); err != nil {
		return err
	}
	whole, err := payload(foreign, c, content)
	if err != nil {
		return err
	}
	r.put(bucketCandidate, key(c.RunID), whole)
	r.later(0, func(tx *Tx) error {
		if err := tx.mark(bucketCandidateByProject, key(r.id, c.RunID)); err != nil {
			return err
		}
		return tx.indexCandidate(c)
	})
	return nil
}

func (r *Rebuild) adoptVersion(c commitFiles, id string, content []byte) error {
	var v workflow.Version
	if err := json.Unmarshal(content, &v); err != nil {
		return unreadable(err)
	}
	if hashID(v.Path) != id || v.Number < 1 || int64(v.Number) > maxNumber {
		return misnamed(id)
	}
	if err := workflow.CheckPath(v.Path); err != nil {
		return err
	}
	n := newest{number: v.Number, hash: v.Hash, blob: r.blobs[v.Path]}
	if c.name == "" { // git does not have it yet
		body, err := c.read(v.Path)
		if err != nil {
			return err
		}
		n.body, n.blob = &body, ""
	} else if v.Lost {
		n.blob = ""
	} else if n.blob == "" {
		return workflow.Errorf(workflow.NotFound, "The commit does not hold %s.", v.Path)
	}
	foreign := v.ProjectID != r.id
	v.ProjectID, v.RunID, v.BasisID = r.id, r.runID(foreign, v.RunID), r.runID(foreign, v.BasisID)
	v.Commit, v.Blob = c.name, n.blob
	whole, err := payload(foreign || c.name != "", v, content)
	if err != nil {
		return err
	}
	k := versionKey(r.id, v.Path, v.Number)
	r.put(bucketVersion, k, whole)
	if n.body != nil {
		r.later(len(*n.body), func(tx *Tx) error {
			_, err := tx.putText(bucketBody, k, *n.body)
			return err
		})
	}
	if v.Number >= r.heads[v.Path].number {
		r.heads[v.Path] = n
	}
	return nil
}

func (r *Rebuild) adoptGateRecord(_ commitFiles, id string, content []byte) error {
	var numbered struct {
		Number int             `json:"number"`
		Record json.RawMessage `json:"record"`
	}
	var g workflow.GateRecord
	if err := json.Unmarshal(content, &numbered); err != nil {
		return unreadable(err)
	}
	if err := json.Unmarshal(numbered.Record, &g); err != nil {
		return unreadable(err)
	}
	if g.ID != id || numbered.Number < 1 || int64(numbered.Number) > maxNumber {
		return misnamed(id)
	}
	foreign := g.ProjectID != r.id
	g.ProjectID = r.id
	whole, err := payload(foreign, g, numbered.Record)
	if err == nil {
		r.put(bucketGateRecord, key(r.id, numberKey(numbered.Number)), whole)
	}
	return err
}

func (r *Rebuild) adoptTicks(_ commitFiles, id string, content []byte) error {
	var file struct {
		Path  string          `json:"path"`
		Ticks json.RawMessage `json:"ticks"`
	}
	var ticks map[string]workflow.Tick
	if err := json.Unmarshal(content, &file); err != nil {
		return unreadable(err)
	}
	if err := json.Unmarshal(file.Ticks, &ticks); err != nil {
		return unreadable(err)
	}
	if hashID(file.Path) != id {
		return misnamed(id)
	}
	if err := workflow.CheckPath(file.Path); err != nil {
		return err
	}
	whole, err := payload(false, nil, file.Ticks)
	if err == nil {
		r.put(bucketTick, key(r.id, file.Path), whole)
	}
	return err
}

func (r *Rebuild) adoptVariables(_ commitFiles, id string, content []byte) error {
	var file struct {
		Phase  string          `json:"phase"`
		Values json.RawMessage `json:"values"`
	}
	var values map[string]string
	if err := json.Unmarshal(content, &file); err != nil {
		return unreadable(err)
	}
	if err := json.Unmarshal(file.Values, &values); err != nil {
		return unreadable(err)
	}
	if hashID(file.Phase) != id {
		return misnamed(id)
	}
	if err := workflow.CheckID(file.Phase); err != nil {
		return err
	}
	whole, err := payload(false, nil, file.Values)
	if err == nil {
		r.put(bucketVariable, key(r.id, file.Phase), whole)
	}
	return err
}
