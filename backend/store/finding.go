package store

import (
	"encoding/json"
	"slices"

	"plumbline/backend/workflow"
)

// Findings returns the findings of a project, in the order of their numbers.
func (tx *Tx) Findings(projectID string) ([]workflow.Finding, error) {
	findings, err := list[workflow.Finding](tx, bucketFinding, under(projectID))
	slices.SortStableFunc(findings, func(a, b workflow.Finding) int {
		return workflow.FindingOrder(a.Number) - workflow.FindingOrder(b.Number)
	})
	return findings, err
}

// PutFinding writes a finding.
func (tx *Tx) PutFinding(f workflow.Finding) error {
	if err := checkIDs(f.ID, f.ProjectID); err != nil {
		return err
	}
	f.CreatedAt, f.ChangedAt = f.CreatedAt.UTC(), f.ChangedAt.UTC()
	f.Sightings = solid(slices.Clone(f.Sightings))
	for i := range f.Sightings {
		f.Sightings[i].At = f.Sightings[i].At.UTC()
	}
	changed, err := tx.put(bucketFinding, key(f.ProjectID, f.ID), f)
	if err != nil || !changed {
		return err
	}
	return tx.project(f.ProjectID, bucketFinding, f.ID, f)
}

// Filings returns the audits that were filed into the ledger of a project, in the
// order in which they came.
func (tx *Tx) Filings(projectID string) ([]workflow.Filing, error) {
	filings, err := list[workflow.Filing](tx, bucketFiling, under(projectID))
	slices.SortStableFunc(filings, func(a, b workflow.Filing) int { return a.At.Compare(b.At) })
	return filings, err
}

// PutFiling writes a filing.
func (tx *Tx) PutFiling(f workflow.Filing) error {
	if err := checkIDs(f.ID, f.ProjectID); err != nil {
		return err
	}
	f.At, f.LookedAt = f.At.UTC(), f.LookedAt.UTC()
	f.Claims, f.Notes = solid(f.Claims), solid(f.Notes)
	if f.Listed == nil {
		f.Listed = map[workflow.Severity]int{}
	}
	changed, err := tx.put(bucketFiling, key(f.ProjectID, f.ID), f)
	if err != nil || !changed {
		return err
	}
	return tx.project(f.ProjectID, bucketFiling, f.ID, f)
}

func (tx *Tx) reprojectLedger(projectID string) error {
	findings, err := tx.Findings(projectID)
	if err != nil {
		return err
	}
	for _, f := range findings {
		if err := tx.project(projectID, bucketFinding, f.ID, f); err != nil {
			return err
		}
	}
	filings, err := tx.Filings(projectID)
	if err != nil {
		return err
	}
	for _, f := range filings {
		if err := tx.project(projectID, bucketFiling, f.ID, f); err != nil {
			return err
		}
	}
	return nil
}

func (r *ruler) finding(k []byte, f workflow.Finding) (string, error) {
	return whichever(
		problem{string(key(f.ProjectID, f.ID)) != string(k), notItsName},
		problem{!r.has(bucketProject, key(f.ProjectID)), notItsOwner},
	)
}

func (r *ruler) filing(k []byte, f workflow.Filing) (string, error) {
	return whichever(
		problem{string(key(f.ProjectID, f.ID)) != string(k), notItsName},
		problem{!r.has(bucketProject, key(f.ProjectID)), notItsOwner},
	)
}

func (r *Rebuild) adoptFinding(_ commitFiles, id string, content []byte) error {
	var f workflow.Finding
	if err := json.Unmarshal(content, &f); err != nil {
		return unreadable(err)
	}
	if f.ID != id {
		return misnamed(id)
	}
	foreign := f.ProjectID != r.id
	f.ProjectID = r.id
	for i, s := range f.Sightings {
		f.Sightings[i].RunID = r.runID(foreign, s.RunID)
	}
	return r.putLedger(bucketFinding, id, foreign, f, content)
}

func (r *Rebuild) adoptFiling(_ commitFiles, id string, content []byte) error {
	var f workflow.Filing
	if err := json.Unmarshal(content, &f); err != nil {
		return unreadable(err)
	}
	if f.ID != id {
		return misnamed(id)
	}
	foreign := f.ProjectID != r.id
	f.ProjectID, f.RunID = r.id, r.runID(foreign, f.RunID)
	return r.putLedger(bucketFiling, id, foreign, f, content)
}

// putLedger notes a record of a ledger for the next transaction.
func (r *Rebuild) putLedger(name bucketName, id string, foreign bool, record any, content []byte) error {
	if err := workflow.CheckID(id); err != nil {
		return err
	}
	whole, err := payload(foreign, record, content)
	if err == nil {
		r.put(name, key(r.id, id), whole)
	}
	return err
}
