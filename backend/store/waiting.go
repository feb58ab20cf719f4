package store

import (
	"encoding/json"
	"slices"
	"strconv"

	"plumbline/backend/workflow"
)

// takeWaiting brings back versions that are lost while their commit is in the
// outbox: it holds their records and their texts. Without them nothing could be
// noted of the commit once it is published.
func (s *salvager) takeWaiting(tx *Tx) error {
	keys, err := tx.keys(bucketOutbox, nil)
	if err != nil {
		return err
	}
	r := &ruler{tx: tx}
	for _, k := range keys {
		var c workflow.Commit
		if _, err := tx.get(bucketOutbox, k, &c); err != nil {
			continue // its bytes are right: a newer Plumbline may read it
		}
		for _, name := range c.Versions {
			v, body, ok := versionIn(c, name)
			if !ok {
				continue
			}
			if err := r.takeVersion(v, body); err != nil {
				return err
			}
		}
	}
	return nil
}

// takeVersion writes what is not there of a version.
func (r *ruler) takeVersion(v workflow.Version, body string) error {
	k := versionKey(v.ProjectID, v.Path, v.Number)
	if !r.has(bucketVersion, k) {
		if _, err := r.tx.put(bucketVersion, k, v); err != nil {
			return err
		}
	}
	old, _ := peek[workflow.Version](r, bucketVersion, k)
	if old.Hash != v.Hash || r.has(bucketBody, k) {
		return nil
	}
	_, err := r.tx.putText(bucketBody, k, body)
	return err
}

// versionIn returns a version and its text as its commit holds them.
func versionIn(c workflow.Commit, name workflow.VersionKey) (v workflow.Version, body string, ok bool) {
	content := func(path string) []byte {
		i := slices.IndexFunc(c.Files, func(f workflow.File) bool { return f.Path == path })
		if i < 0 {
			return nil
		}
		return c.Files[i].Content
	}
	err := json.Unmarshal(content(recordPath(bucketVersion, hashID(name.Path))+".json"), &v)
	body = string(content(name.Path))
	named := v.ProjectID == c.ProjectID && v.Path == name.Path && v.Number == name.Number
	return v, body, err == nil && named && v.Hash == workflow.Hash(body)
}

// inGit returns the number of the newest version of each artifact that git has. It
// has had the older ones before.
func inGit(tx *Tx) (map[string]int, error) {
	newest := map[string]int{}
	err := tx.scan(bucketVersion, nil, func(k, value []byte) error {
		var v workflow.Version
		if decode(bucketVersion, k, value, &v) == nil && v.Blob != "" {
			artifact := string(key(v.ProjectID, v.Path))
			newest[artifact] = max(newest[artifact], v.Number)
		}
		return nil
	})
	return newest, err
}

// dropPublished removes commits from the outbox that git has: old states of the
// outbox came back with other records. Where pages may be of any age, so does
// one that only says how pages for people looked once.
func (s *salvager) dropPublished(tx *Tx) error {
	keys, err := tx.keys(bucketOutbox, nil)
	if err != nil {
		return err
	}
	published, err := inGit(tx)
	if err != nil {
		return err
	}
	r := &ruler{tx: tx}
	for _, k := range keys {
		var c workflow.Commit
		if _, err := tx.get(bucketOutbox, k, &c); err != nil {
			continue
		}
		drop := s.guessing && len(c.Versions) == 0
		for _, v := range c.Versions {
			k := versionKey(c.ProjectID, v.Path, v.Number)
			if !r.has(bucketVersion, k) {
				s.miss(bucketVersion, k, "its commit does not hold it either.")
				drop = true
			}
			drop = drop || v.Number <= published[string(key(c.ProjectID, v.Path))]
		}
		if drop {
			if err := tx.remove(bucketOutbox, k); err != nil {
				return err
			}
		}
	}
	return nil
}

// postWaiting makes commits for the versions that git does not have and whose
// own commit is lost. Not for those that git has had before newer ones: their texts
// would take the place of the newer, and they come back with the history.
func (s *salvager) postWaiting(tx *Tx) error {
	published, err := inGit(tx)
	if err != nil {
		return err
	}
	r := &ruler{tx: tx}
	orphans := []workflow.Version{}
	err = tx.scan(bucketVersion, nil, func(k, value []byte) error {
		var v workflow.Version
		if err := decode(bucketVersion, k, value, &v); err != nil || v.Number <= published[string(key(v.ProjectID, v.Path))] {
			return nil // nothing to write for it
		}
		waits, err := r.waits(k)
		if err == nil && !waits {
			orphans = append(orphans, v)
		}
		return err
	})
	if err != nil {
		return err
	}
	if err := s.deriveSequences(tx); err != nil { // so that no number is given out twice
		return err
	}
	q, err := queueOf(tx)
	if err != nil {
		return err
	}
	for _, v := range orphans {
		if err := s.post(tx, v, q); err != nil {
			return err
		}
	}
	return nil
}

// post makes the commit of one version.
func (s *salvager) post(tx *Tx, v workflow.Version, q queue) error {
	body, ok, err := tx.Body(v.ProjectID, v.Path, v.Number)
	if err != nil || !ok {
		s.miss(bucketBody, versionKey(v.ProjectID, v.Path, v.Number), "git does not have it either.")
		return err
	}
	files, err := VersionFiles(v, body)
	if err != nil {
		return err
	}
	c := workflow.Commit{
		ProjectID: v.ProjectID, At: v.At, Author: v.Author, Message: v.Message, Files: files,
		Versions: []workflow.VersionKey{{Path: v.Path, Number: v.Number}},
	}
	if c.Seq = q.place(v); c.Seq == 0 {
		return tx.post(c)
	}
	q.add(c.Seq, c.ProjectID, c.Versions)
	_, err = tx.put(bucketOutbox, key(sequenceKey(c.Seq)), c)
	return err
}

// queue is the order in which the commits of the outbox are published.
type queue struct {
	taken    map[uint64]bool
	versions map[string][]waitingVersion // by artifact
}

// waitingVersion is a version and the number of its commit.
type waitingVersion struct {
	number int
	seq    uint64
}

func queueOf(tx *Tx) (queue, error) {
	q := queue{taken: map[uint64]bool{}, versions: map[string][]waitingVersion{}}
	err := tx.scan(bucketOutbox, nil, func(k, value []byte) error {
		seq, err := strconv.ParseUint(string(k), 10, 64)
		if err != nil {
			return nil // no commit of ours
		}
		var head commitHead
		_ = decode(bucketOutbox, k, value, &head) // a newer Plumbline may read it; the number is taken
		q.add(seq, head.ProjectID, head.Versions)
		return nil
	})
	return q, err
}

// add takes a number for a commit.
func (q queue) add(seq uint64, projectID string, versions []workflow.VersionKey) {
	q.taken[seq] = true
	for _, v := range versions {
		artifact := string(key(projectID, v.Path))
		q.versions[artifact] = append(q.versions[artifact], waitingVersion{v.Number, seq})
	}
}

// place returns a free number for the commit of a version that no commit has,
// between those of the versions around it: the commit that is lost has left one. It
// returns 0 for the end, when no newer version waits.
func (q queue) place(v workflow.Version) uint64 {
	older, newer := waitingVersion{}, waitingVersion{}
	for _, w := range q.versions[string(key(v.ProjectID, v.Path))] {
		if w.number < v.Number && w.number > older.number {
			older = w
		}
		if w.number > v.Number && (newer.number == 0 || w.number < newer.number) {
			newer = w
		}
	}
	for seq := older.seq + 1; seq < newer.seq; seq++ {
		if !q.taken[seq] {
			return seq
		}
	}
	return 0
}
