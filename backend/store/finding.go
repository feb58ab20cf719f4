package store

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"slices"
	"sync"

	"plumbline/backend/workflow"
)

// findingCache remembers findings that were read. A gate looks at all of a project
// after each change, and to read two thousand takes longer than to judge them. What
// is stored decides: the bytes are checked like all others, and only those that have
// the checksums of the ones it was read from are not decoded again.
type findingCache struct {
	mu       sync.Mutex
	known    map[string]knownFinding  // by key
	projects map[string]knownFindings // by project
}

// knownFinding is a finding as it was read from bytes of a size and checksum.
type knownFinding struct {
	size    int
	sum     uint32
	finding workflow.Finding
}

// knownFindings are those of a project, as they were when their bytes had a stamp.
type knownFindings struct {
	stamp    [sha256.Size]byte
	findings []workflow.Finding
}

// maxKnownFindings bounds the memory that they take.
const maxKnownFindings = 20_000

// Findings returns the findings of a project, in the order of their numbers. They
// are not the caller's own and must not be changed.
func (tx *Tx) Findings(projectID string) ([]workflow.Finding, error) {
	c := &tx.store.findings
	c.mu.Lock()
	defer c.mu.Unlock()
	stamp := []byte{}
	err := tx.scan(bucketFinding, under(projectID), func(k, value []byte) error {
		if _, ok := unseal(formatJSON, k, value); !ok {
			return damaged(bucketFinding, k, nil)
		}
		stamp = append(append(append(stamp, k...), separator...), value[1:overhead]...)
		return nil
	})
	if err != nil {
		return []workflow.Finding{}, err
	}
	sum := sha256.Sum256(stamp)
	if p, ok := c.projects[projectID]; ok && p.stamp == sum {
		return p.findings, nil
	}
	findings, err := c.read(tx, projectID)
	if err == nil {
		c.projects[projectID] = knownFindings{sum, findings}
	}
	return findings, err
}

// read reads the findings of a project, those that have changed.
func (c *findingCache) read(tx *Tx, projectID string) ([]workflow.Finding, error) {
	if c.known == nil || len(c.known) >= maxKnownFindings {
		c.known, c.projects = map[string]knownFinding{}, map[string]knownFindings{}
	}
	findings := []workflow.Finding{}
	err := tx.scan(bucketFinding, under(projectID), func(k, value []byte) error {
		sum := binary.BigEndian.Uint32(value[1:])
		known := c.known[string(k)]
		if known.size != len(value) || known.sum != sum {
			known = knownFinding{size: len(value), sum: sum}
			if err := decode(bucketFinding, k, value, &known.finding); err != nil {
				return err
			}
			c.known[string(k)] = known
		}
		findings = append(findings, known.finding)
		return nil
	})
	slices.SortStableFunc(findings, func(a, b workflow.Finding) int {
		return workflow.FindingOrder(a.Number) - workflow.FindingOrder(b.Number)
	})
	return slices.Clip(findings), err
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
