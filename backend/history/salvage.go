package history

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"

	"plumbline/backend/history/internal/gitpack"
)

// Salvage reads blobs by their names out of a repository that may be damaged in
// any way, such as one that was set aside, and calls fn for each that is whole. It
// returns the names of those that are not to be had. An error of fn ends it.
func (h *History) Salvage(ctx context.Context, dir string, want []string, fn func(hash string, content []byte) error) (missing []string, err error) {
	s := &salvage{ctx: ctx, dir: filepath.Join(dir, "objects"), cache: gitpack.NewCache(cacheSize), wanted: map[plumbing.Hash]bool{}, fn: fn}
	for _, text := range want {
		hash, err := parseName(text)
		if err != nil {
			return nil, err
		}
		s.wanted[hash] = true
	}
	err = s.known()
	if err == nil && len(s.wanted) > 0 {
		err = s.scan()
	}
	if err != nil {
		return nil, fmt.Errorf("salvage from %s: %w", dir, err)
	}
	missing = []string{}
	for _, text := range want {
		if s.wanted[plumbing.NewHash(text)] {
			missing = append(missing, text)
		}
	}
	return missing, nil
}

type salvage struct {
	ctx    context.Context
	dir    string
	cache  *gitpack.Cache
	wanted map[plumbing.Hash]bool
	fn     func(string, []byte) error
}

// take hands out an object if it is a blob that is wanted and whole.
func (s *salvage) take(hash plumbing.Hash, o gitpack.Object, err error) error {
	if err != nil || o.Kind != plumbing.BlobObject || gitpack.Name(o.Kind, o.Content) != hash {
		return s.ctx.Err()
	}
	delete(s.wanted, hash)
	return s.fn(hash.String(), o.Content)
}

// known takes what indexes and loose files lead to.
func (s *salvage) known() error {
	set := gitpack.NewSet(s.dir, s.cache)
	defer func() { _ = set.Close() }() // it was only read
	for hash := range s.wanted {
		o, err := set.Read(hash)
		if err := s.take(hash, o, err); err != nil {
			return err
		}
	}
	return nil
}

// scan takes what is found in packs from end to end.
func (s *salvage) scan() error {
	packs, err := filepath.Glob(filepath.Join(globQuote(s.dir), "pack", "*.pack"))
	if err != nil {
		return err
	}
	for _, pack := range packs {
		if err := s.scanPack(pack); err != nil {
			return err
		}
	}
	return nil
}

func (s *salvage) scanPack(path string) error {
	found, err := gitpack.Scan(s.ctx, path, gitpack.OwnLimits, s.cache, nil)
	if s.ctx.Err() != nil || err != nil {
		return s.ctx.Err() // a file that cannot be read at all does not keep us from the others
	}
	x, err := gitpack.ParseIndex(gitpack.EncodeIndex(found.Entries, found.Sum))
	if err != nil {
		return err
	}
	p := gitpack.NewIndexed(strings.TrimSuffix(path, ".pack"), x, s.cache)
	defer func() { _ = p.Close() }() // it was only read
	for i := range x.Count() {
		if hash := x.Name(i); s.wanted[hash] {
			o, err := p.Read(hash)
			if err := s.take(hash, o, err); err != nil {
				return err
			}
		}
	}
	return nil
}
