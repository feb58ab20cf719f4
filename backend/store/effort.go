package store

import (
	"encoding/json"

	"plumbline/backend/workflow"
)

// Efforts returns how much work went into the phases and steps of a project.
func (tx *Tx) Efforts(projectID string) ([]workflow.Effort, error) {
	return list[workflow.Effort](tx, bucketEffort, under(projectID))
}

// Effort returns how much work went into a phase or a step; that of one that nobody
// has worked on is empty but for its names.
func (tx *Tx) Effort(projectID, phase, step string) (workflow.Effort, error) {
	e := workflow.Effort{ProjectID: projectID, Phase: phase, Step: step}
	_, err := tx.get(bucketEffort, effortKey(e), &e)
	return e, err
}

// PutEffort writes how much work went into a phase or a step.
func (tx *Tx) PutEffort(e workflow.Effort) error {
	if err := checkIDs(e.ProjectID, e.Phase); err != nil {
		return err
	}
	if err := workflow.CheckStepNumber(e.Step); err != nil {
		return err
	}
	e.TouchedAt = e.TouchedAt.UTC()
	changed, err := tx.put(bucketEffort, effortKey(e), e)
	if err != nil || !changed {
		return err
	}
	return tx.project(e.ProjectID, bucketEffort, effortID(e), e)
}

func effortKey(e workflow.Effort) []byte { return key(e.ProjectID, e.Phase, e.Step) }

// effortID names the record of an effort in git.
func effortID(e workflow.Effort) string { return hashID(e.Phase + separator + e.Step) }

func (tx *Tx) reprojectEfforts(projectID string) error {
	efforts, err := tx.Efforts(projectID)
	if err != nil {
		return err
	}
	for _, e := range efforts {
		if err := tx.project(projectID, bucketEffort, effortID(e), e); err != nil {
			return err
		}
	}
	return nil
}

func (r *Rebuild) adoptEffort(_ commitFiles, id string, content []byte) error {
	var e workflow.Effort
	if err := json.Unmarshal(content, &e); err != nil {
		return unreadable(err)
	}
	if effortID(e) != id {
		return misnamed(id)
	}
	if err := checkIDs(e.Phase); err != nil {
		return err
	}
	if err := workflow.CheckStepNumber(e.Step); err != nil {
		return err
	}
	foreign := e.ProjectID != r.id
	e.ProjectID = r.id
	whole, err := payload(foreign, e, content)
	if err == nil {
		r.put(bucketEffort, effortKey(e), whole)
	}
	return err
}
