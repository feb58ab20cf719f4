package store

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	bolt "go.etcd.io/bbolt"

	"plumbline/backend/workflow"
)

// derive makes what follows from the saved records, and lists what is lost.
func (s *salvager) derive() error {
	for _, step := range []func(*Tx) error{
		s.deriveSchema, s.deriveRuns, s.deriveCandidates, s.takeWaiting, s.deriveVersions, s.dropPublished, s.postWaiting, s.deriveSequences, s.listLost,
	} {
		err := s.to.Update(func(b *bolt.Tx) error {
			tx := &Tx{store: &Store{now: time.Now}, bolt: b, notes: map[string]*note{}}
			if err := step(tx); err != nil {
				return err
			}
			return tx.flush()
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// deriveSchema says what the new file is.
func (s *salvager) deriveSchema(tx *Tx) error {
	var found schema
	ok, err := tx.get(bucketMeta, key(schemaKey), &found)
	if err != nil {
		return err
	}
	if !ok {
		_, err = tx.put(bucketMeta, key(schemaKey), schema{Version: schemaVersion})
		return err
	}
	return checkSchema(s.in.Name(), found)
}

func (s *salvager) deriveRuns(tx *Tx) error {
	return tx.scan(bucketRun, nil, func(k, v []byte) error {
		var r workflow.Run
		if err := decode(bucketRun, k, v, &r); err != nil {
			return nil // its bytes are right: a newer Plumbline may read it
		}
		if !r.State.Ended() {
			if err := tx.mark(bucketRunActive, key(r.ID)); err != nil {
				return err
			}
		}
		return tx.mark(bucketRunByProject, key(r.ProjectID, r.ID))
	})
}

func (s *salvager) deriveCandidates(tx *Tx) error {
	return tx.scan(bucketCandidate, nil, func(k, v []byte) error {
		var c workflow.Candidate
		if err := decode(bucketCandidate, k, v, &c); err != nil {
			return nil // as above
		}
		if err := tx.mark(bucketCandidateByProject, key(c.ProjectID, c.RunID)); err != nil {
			return err
		}
		return tx.indexCandidate(c)
	})
}

// deriveVersions makes heads and pages, and finds the versions that are missing
// between others.
func (s *salvager) deriveVersions(tx *Tx) error {
	last, number := "", 0
	return tx.scan(bucketVersion, nil, func(k, _ []byte) error {
		parts := strings.Split(string(k), separator)
		n, err := strconv.Atoi(parts[len(parts)-1])
		if err != nil || len(parts) != 3 {
			return nil // no version of ours
		}
		artifact := string(key(parts[0], parts[1]))
		if artifact != last {
			last, number = artifact, 0
		}
		for number++; number < n; number++ {
			s.miss(bucketVersion, versionKey(parts[0], parts[1], number), "it is between others that are there.")
		}
		if _, err := tx.put(bucketHead, []byte(artifact), n); err != nil {
			return err
		}
		_, err = tx.putText(bucketPage, key(parts[0], strings.ToLower(parts[1])), parts[1])
		return err
	})
}

// miss notes a record that must have been there.
func (s *salvager) miss(name bucketName, k []byte, reason string) {
	s.expected[string(name)+separator+string(k)] = faultOf(name, k, reason)
}

// deriveSequences makes sure that no number of a bucket is given out twice.
func (s *salvager) deriveSequences(tx *Tx) error {
	for _, name := range []bucketName{bucketOutbox, bucketChunk} {
		b, err := tx.bucket(name)
		if err != nil {
			return err
		}
		highest := max(s.sequences[name], b.Sequence())
		err = tx.scan(name, nil, func(k, _ []byte) error {
			if n, err := strconv.ParseUint(lastPart(k), 10, 64); err == nil {
				highest = max(highest, n)
			}
			return nil
		})
		if err != nil {
			return err
		}
		if err := b.SetSequence(highest); err != nil {
			return fmt.Errorf("number bucket %s: %w", name, err)
		}
	}
	return nil
}

// listLost compares what must have been there with what is, and counts.
func (s *salvager) listLost(tx *Tx) error {
	if err := s.missOwners(tx); err != nil {
		return err
	}
	r := &ruler{tx: tx}
	for _, id := range slices.Sorted(maps.Keys(s.bad)) {
		f := s.bad[id]
		name, k, _ := strings.Cut(id, separator)
		delete(s.expected, id)
		if _, keeps := s.shapes[bucketName(name)]; !keeps {
			continue // made anew
		}
		if r.has(bucketName(name), []byte(k)) {
			f.Reason = "it is damaged; an older state of it was found."
		}
		s.lost.add(f)
	}
	for _, id := range slices.Sorted(maps.Keys(s.expected)) {
		name, k, _ := strings.Cut(id, separator)
		if !r.has(bucketName(name), []byte(k)) {
			s.lost.add(s.expected[id])
		}
	}
	for _, d := range declarations() {
		err := tx.scan(d.name, nil, func(_, _ []byte) error {
			s.counts[string(d.name)]++
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// missOwners notes the projects, the heads of histories and the current texts
// that other records rest on.
func (s *salvager) missOwners(tx *Tx) error {
	return tx.scan(bucketHead, nil, func(k, value []byte) error {
		var number int
		if err := decode(bucketHead, k, value, &number); err != nil {
			return err
		}
		project, path, _ := strings.Cut(string(k), separator)
		s.miss(bucketProject, key(project), "it has documents.")
		s.miss(bucketBody, versionKey(project, path, number), "it is the current text.")
		v, err := tx.Version(project, path, number)
		if err == nil && v.Commit != "" {
			s.miss(bucketGitHead, key(project), "git has versions of it.")
		}
		return nil // a version that cannot be decoded names no commit
	})
}
