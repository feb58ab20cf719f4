package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"

	bolt "go.etcd.io/bbolt"

	"plumbline/backend/workflow"
)

// Salvaged is what Salvage has saved.
type Salvaged struct {
	// Records counts the records of each bucket of the new database.
	Records map[string]int `json:"records"`
	// Lost are the first records that are lost, or saved in an older state only;
	// More counts those that are not listed.
	Lost []Fault `json:"lost"`
	More int     `json:"more"`
}

// Salvage copies every record of a damaged database that can still be read to a
// new one, which must not be there yet, and makes the derived records anew. The
// damaged file stays as it is. An error says that nothing could be saved.
//
// It reads page by page and trusts none. First it follows the tree of the pages,
// as far as that is whole. Then it takes the leaves that hang on nothing any
// more: those that are not listed as free were cut off by damage. What is still
// missing it takes from the tree of the transaction before. Checksums over key
// and value tell which records are whole, and their shape what they are.
func Salvage(ctx context.Context, from, to string) (Salvaged, error) {
	in, err := os.Open(from)
	if err != nil {
		return Salvaged{}, because(err, workflow.Unavailable, "The database %s cannot be read.", from).
			WithHint("Check that the file is there and that you may read it.")
	}
	defer in.Close() // it was only read
	if _, err := os.Lstat(to); err == nil {
		return Salvaged{}, workflow.Errorf(workflow.Conflict, "There is already a file %s.", to).WithHint("Name one that is not there yet.")
	}
	s := newSalvager(ctx, in)
	if err := s.findMeta(); err != nil {
		return Salvaged{}, because(err, workflow.Unavailable, "The database %s cannot be read.", from)
	}
	if s.to, err = openFile(to, false); err != nil {
		return Salvaged{}, err
	}
	s.to.NoSync = true // until all of it is there
	err = s.save()
	if err == nil {
		err = s.to.Sync()
	}
	if err = errors.Join(err, s.to.Close()); err != nil {
		return Salvaged{}, errors.Join(fmt.Errorf("save what can be read of %s: %w", from, err), os.Remove(to))
	}
	return Salvaged{Records: s.counts, Lost: append([]Fault{}, s.lost.list...), More: s.lost.more}, nil
}

// salvager carries records from a damaged file to a new one.
type salvager struct {
	ctx   context.Context
	in    *os.File
	size  uint64
	metas []meta // that are whole, the newest first
	meta  meta   // the layout of the file
	to    *bolt.DB
	classifier

	waiting   []saved
	bytes     int
	err       error // of the new file; nothing goes on after it
	older     bool  // what is being read is the tree of the transaction before
	hurt      bool  // something of the tree could not be read
	guessing  bool  // nothing tells old pages from current ones
	guessed   map[string]bool
	bad       map[string]Fault // records whose bytes are not right, by bucket and key
	expected  map[string]Fault // records that a derived one names
	sequences map[bucketName]uint64
	counts    map[string]int
	lost      faults
}

// saved is a record on its way.
type saved struct {
	name bucketName
	k, v []byte
}

func newSalvager(ctx context.Context, in *os.File) *salvager {
	return &salvager{
		ctx: ctx, in: in, classifier: newClassifier(), guessed: map[string]bool{}, bad: map[string]Fault{},
		expected: map[string]Fault{}, sequences: map[bucketName]uint64{}, counts: map[string]int{},
	}
}

// findMeta finds the meta pages that are whole, or guesses the layout.
func (s *salvager) findMeta() error {
	info, err := s.in.Stat()
	if err != nil {
		return err
	}
	s.size = uint64(info.Size())
	for offset := uint64(0); offset <= maxPage; offset = max(minPage, 2*offset) {
		raw := make([]byte, metaSize)
		if _, err := s.in.ReadAt(raw, int64(offset+pageHeader)); err != nil {
			break
		}
		if m, ok := parseMeta(raw); ok && (offset == 0 || m.pageSize == offset) {
			s.metas = append(s.metas, m)
		}
	}
	slices.SortFunc(s.metas, func(a, b meta) int { return int(int64(b.txid - a.txid)) })
	if len(s.metas) > 0 {
		s.meta = s.metas[0]
		return nil
	}
	s.meta, s.guessing = s.guessLayout(), true
	return nil
}

// guessLayout finds the size of pages at which most of them know their own place.
func (s *salvager) guessLayout() meta {
	best, most := meta{pageSize: 4096}, 0
	for size := uint64(minPage); size <= maxPage; size *= 2 {
		m := meta{pageSize: size, pages: s.size / size}
		right := 0
		for id := uint64(2); id < m.pages && id < 10_000; id++ {
			if h, err := readHead(s.in, m, id); err == nil && h.id == id {
				right++
			}
		}
		if right > most {
			best, most = m, right
		}
	}
	best.pages = s.size / best.pageSize
	return best
}

// save carries everything over.
func (s *salvager) save() error {
	if err := s.to.Update(makeBuckets); err != nil {
		return err
	}
	used := map[uint64]bool{}
	if len(s.metas) > 0 {
		used = s.follow(s.metas[0], true)
	}
	switch len(s.metas) {
	case 0:
		s.lost.add(Fault{Reason: "both heads of the file are broken; old states of records may have been taken."})
	case 1:
		s.lost.add(Fault{Reason: lonelyHead})
	}
	if s.hurt || len(s.bad) > 0 || s.guessing {
		s.strays(used)
		s.older = true
		for _, older := range s.metas[min(1, len(s.metas)):] {
			s.follow(older, false)
		}
	}
	if s.flush(true); s.err != nil {
		return s.err
	}
	return s.derive()
}

// follow saves what the tree of one transaction leads to.
func (s *salvager) follow(m meta, newest bool) (used map[uint64]bool) {
	w := &walker{f: s.in, meta: m, used: map[uint64]bool{}, record: s.record}
	w.broken = func(name bucketName, from []byte, page uint64, why string) {
		if newest {
			s.hurt = true
			s.lost.add(brokenPage(name, from, page, why))
		}
	}
	w.bucket = func(name bucketName, n uint64) {
		s.sequence(name, n)
		if _, known := s.kinds[name]; !known {
			w.broken(name, nil, 0, "this Plumbline knows no such part of the database")
		}
	}
	w.walk()
	if newest && !s.hurt {
		s.astray(w)
	}
	return w.used
}

// astray finds out whether a tree that is whole leads to pages it should not:
// then others, which are not listed as free, have been left out.
func (s *salvager) astray(w *walker) {
	free, err := readFreelist(s.in, s.meta)
	if err != nil || free == nil {
		return // nothing tells
	}
	w.unused(free, func(f Fault) {
		s.hurt = true
		s.lost.add(f)
	})
}

func (s *salvager) sequence(name bucketName, n uint64) { s.sequences[name] = max(s.sequences[name], n) }

// record saves a record, unless its bytes are not those that were written.
func (s *salvager) record(name bucketName, k, v []byte) {
	kind, ok := s.kinds[name]
	if !ok || s.err != nil {
		return
	}
	payload, ok := kind.open(k, v)
	if !ok {
		if id := string(name) + separator + string(k); !s.older && !s.guessing {
			s.bad[id] = faultOf(name, k, "the bytes are not those that were written.")
		}
		return
	}
	if s.misplaced(name, element{k: k, v: v}) {
		s.hurt = true
		s.lost.add(faultOf(name, k, "it belongs to another part of the database."))
		return
	}
	s.expect(name, k, payload)
	if _, keeps := s.shapes[name]; !keeps {
		return // derived from others
	}
	s.waiting = append(s.waiting, saved{name, bytes.Clone(k), bytes.Clone(v)})
	s.bytes += len(k) + len(v)
	s.flush(false)
}

// expect notes what a derived record says that there is.
func (s *salvager) expect(name bucketName, k, payload []byte) {
	missing := func(of bucketName, key []byte) {
		s.expected[string(of)+separator+string(key)] = faultOf(of, key, "it is in an index, but nowhere else.")
	}
	switch name {
	case bucketRunByProject:
		missing(bucketRun, key(lastPart(k)))
	case bucketCandidateByProject:
		missing(bucketCandidate, key(lastPart(k)))
	case bucketHead:
		var number int
		if decodePayload(payload, &number) == nil {
			missing(bucketVersion, key(string(k), numberKey(number)))
		}
	}
}

// strays saves the records of leaf pages that no tree leads to.
func (s *salvager) strays(used map[uint64]bool) {
	free, err := readFreelist(s.in, s.meta)
	if (err != nil || free == nil) && !s.guessing {
		s.guessing = true // the pages may be of any age
		s.lost.add(Fault{Reason: "nothing tells which pages were free; old states of records may have been taken, and some that were deleted."})
	}
	for _, id := range free {
		used[id] = true
	}
	for id := uint64(2); id < s.meta.pages && s.ctx.Err() == nil && s.err == nil; id++ {
		if used[id] {
			continue
		}
		head, err := readHead(s.in, s.meta, id)
		if err != nil || head.id != id || head.flags != flagLeaf {
			continue
		}
		// Old pages may overlap, so each has a walker that knows of no other.
		w := &walker{f: s.in, meta: s.meta, used: map[uint64]bool{}, record: s.record, bucket: s.sequence,
			broken: func(bucketName, []byte, uint64, string) {}}
		if raw, _, why := w.page(id); why == "" {
			s.stray(w, raw)
		}
	}
}

// stray saves the records of one page.
func (s *salvager) stray(w *walker, raw []byte) {
	elements, _ := parsePage(raw, flagLeaf)
	name, known := s.classifier.bucket(elements)
	for _, e := range elements {
		switch {
		case e.bucket && len(e.v) >= inlineHead:
			if !s.guessing || isInline(e.v) { // else the page that it names may be another bucket's by now
				w.walkBucket(bucketName(e.k), e.v)
			}
		case known && s.classifier.count(name, []element{e}) == 1:
			s.record(name, e.k, e.v)
		}
	}
}

// flush writes the records that wait, when they are many or when all is said.
// What is there already came from a better place.
func (s *salvager) flush(all bool) {
	if s.err != nil || !all && s.bytes < compactBytes {
		return
	}
	if s.err = s.ctx.Err(); s.err != nil {
		return
	}
	waiting := s.waiting
	s.waiting, s.bytes = nil, 0
	s.err = s.to.Update(func(tx *bolt.Tx) error {
		for _, r := range waiting {
			b := tx.Bucket([]byte(r.name))
			id := string(r.name) + separator + string(r.k)
			old := b.Get(r.k)
			if old != nil && !(s.guessed[id] && newer(r.name, r.v[overhead:], old[overhead:])) {
				continue
			}
			if err := b.Put(r.k, r.v); err != nil {
				return err
			}
			if s.guessing {
				s.guessed[id] = true
			}
		}
		return nil
	})
}
