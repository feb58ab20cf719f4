package store

import (
	"maps"
	"slices"
	"time"

	"plumbline/backend/workflow"
)

// Project returns a project; NotFound if there is none with that id.
func (tx *Tx) Project(id string) (workflow.Project, error) {
	var p workflow.Project
	ok, err := tx.get(bucketProject, key(id), &p)
	if err == nil && !ok {
		err = workflow.Errorf(workflow.NotFound, "There is no project with the id %q.", id)
	}
	return p, err
}

// Projects returns all projects, in order of their ids.
func (tx *Tx) Projects() ([]workflow.Project, error) {
	return list[workflow.Project](tx, bucketProject, nil)
}

// ProjectIDs returns the ids of all projects, whose records are not read.
func (tx *Tx) ProjectIDs() ([]string, error) {
	ids := []string{}
	err := tx.scan(bucketProject, nil, func(k, _ []byte) error {
		ids = append(ids, string(k))
		return nil
	})
	return ids, err
}

// LastUpdate returns when any project was changed last; the zero time when there is
// none. It is read at every start.
func (tx *Tx) LastUpdate() (last time.Time, err error) {
	err = tx.scan(bucketProject, nil, func(k, value []byte) error {
		var p struct {
			UpdatedAt time.Time `json:"updatedAt"`
		}
		if err := decode(bucketProject, k, value, &p); err != nil {
			return err
		}
		if p.UpdatedAt.After(last) {
			last = p.UpdatedAt
		}
		return nil
	})
	return last, err
}

// PutProject writes a project.
func (tx *Tx) PutProject(p workflow.Project) error {
	if err := workflow.CheckID(p.ID); err != nil {
		return err
	}
	p.CreatedAt, p.UpdatedAt = p.CreatedAt.UTC(), p.UpdatedAt.UTC()
	changed, err := tx.put(bucketProject, key(p.ID), p)
	if err != nil || !changed {
		return err
	}
	return tx.project(p.ID, bucketProject, p.ID, p)
}

// GateRecords returns what was done at the gates of a project, oldest first: in
// the order in which it was added, whatever the clock said.
func (tx *Tx) GateRecords(projectID string) ([]workflow.GateRecord, error) {
	records, err := list[workflow.GateRecord](tx, bucketGateRecord, under(projectID))
	for i := range records {
		records[i].Causes = solid(records[i].Causes) // older ones have none
	}
	return records, err
}

// numberedGateRecord is a gate record in git, with its place among the others.
type numberedGateRecord struct {
	Number int                 `json:"number"`
	Record workflow.GateRecord `json:"record"`
}

// AddGateRecord adds what was done at a gate. A record is never changed: an id
// that is there already is a Conflict.
func (tx *Tx) AddGateRecord(r workflow.GateRecord) error {
	if err := checkIDs(r.ID, r.ProjectID); err != nil {
		return err
	}
	records, err := tx.GateRecords(r.ProjectID)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(records, func(other workflow.GateRecord) bool { return other.ID == r.ID }) {
		return workflow.Errorf(workflow.Conflict, "The record %s of the gate is there already.", r.ID)
	}
	r.At = r.At.UTC()
	r.Waived, r.Causes = solid(r.Waived), solid(r.Causes)
	if r.Seen == nil {
		r.Seen = map[string]int{}
	}
	number := len(records) + 1 // none is ever removed
	if _, err := tx.put(bucketGateRecord, key(r.ProjectID, numberKey(number)), r); err != nil {
		return err
	}
	return tx.project(r.ProjectID, bucketGateRecord, r.ID, numberedGateRecord{Number: number, Record: r})
}

// Variables returns what was typed for the variables of a phase, by name.
func (tx *Tx) Variables(projectID, phase string) (map[string]string, error) {
	values := map[string]string{}
	_, err := tx.get(bucketVariable, key(projectID, phase), &values)
	return values, err
}

// phaseVariables is the record of a phase's variables in git.
type phaseVariables struct {
	Phase  string            `json:"phase"`
	Values map[string]string `json:"values"`
}

// PutVariables replaces what was typed for the variables of a phase.
func (tx *Tx) PutVariables(projectID, phase string, values map[string]string) error {
	if err := checkIDs(projectID, phase); err != nil {
		return err
	}
	if values == nil {
		values = map[string]string{}
	}
	changed, err := tx.put(bucketVariable, key(projectID, phase), values)
	if err != nil || !changed {
		return err
	}
	return tx.project(projectID, bucketVariable, hashID(phase), phaseVariables{Phase: phase, Values: values})
}

// Ticks returns the ticks of an artifact, by the keys of its items.
func (tx *Tx) Ticks(projectID, path string) (map[string]workflow.Tick, error) {
	ticks := map[string]workflow.Tick{}
	_, err := tx.get(bucketTick, key(projectID, path), &ticks)
	return ticks, err
}

// artifactTicks is the record of an artifact's ticks in git.
type artifactTicks struct {
	Path  string                   `json:"path"`
	Ticks map[string]workflow.Tick `json:"ticks"`
}

// PutTicks replaces the ticks of an artifact.
func (tx *Tx) PutTicks(projectID, path string, ticks map[string]workflow.Tick) error {
	if err := checkPlace(projectID, path); err != nil {
		return err
	}
	kept := maps.Clone(ticks)
	if kept == nil {
		kept = map[string]workflow.Tick{}
	}
	for item, tick := range kept {
		tick.At = tick.At.UTC()
		kept[item] = tick
	}
	changed, err := tx.put(bucketTick, key(projectID, path), kept)
	if err != nil || !changed {
		return err
	}
	return tx.project(projectID, bucketTick, hashID(path), artifactTicks{Path: path, Ticks: kept})
}

// checkIDs checks several ids.
func checkIDs(ids ...string) error {
	for _, id := range ids {
		if err := workflow.CheckID(id); err != nil {
			return err
		}
	}
	return nil
}

// checkPlace checks the id of a project and a path in it.
func checkPlace(projectID, path string) error {
	if err := workflow.CheckID(projectID); err != nil {
		return err
	}
	return workflow.CheckPath(path)
}

// solid returns a slice that is not nil, so that it is [] in JSON.
func solid[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}
