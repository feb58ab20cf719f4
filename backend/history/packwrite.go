package history

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/go-git/go-git/v5/plumbing"

	"plumbline/backend/history/internal/gitpack"
)

// write writes the pack and returns its checksum and its index.
func (p *packer) write(out io.Writer) (sum plumbing.Hash, index []byte, err error) {
	if p.out, err = gitpack.NewWriter(out, len(p.members)); err != nil {
		return sum, nil, err
	}
	line, err := p.commits()
	if err != nil {
		return sum, nil, err
	}
	for _, c := range line {
		if err := p.ctx.Err(); err != nil {
			return sum, nil, err
		}
		if err := p.writeCommit(c.member); err != nil {
			return sum, nil, err
		}
	}
	for i := range p.members { // tags, and what no commit leads to
		if i&0xfff == 0 && p.ctx.Err() != nil {
			return sum, nil, p.ctx.Err()
		}
		if err := p.emit(int32(i), ""); err != nil {
			return sum, nil, err
		}
	}
	if sum, err = p.out.Close(); err != nil {
		return sum, nil, err
	}
	entry := func(i int) gitpack.Entry {
		m := &p.members[i]
		return gitpack.Entry{Name: m.name, Offset: m.written, CRC: m.crc}
	}
	return sum, gitpack.EncodeSorted(len(p.members), entry, sum), nil
}

// lineCommit is a commit that is packed.
type lineCommit struct {
	member int32
	parent int32 // the first one, if it is packed too; else -1
	at     int64
}

// commits returns the commits, parents first, otherwise in the order of time.
func (p *packer) commits() ([]lineCommit, error) {
	all, joined := []lineCommit{}, map[int32][]int32{}
	for i := range p.members {
		if p.members[i].kind != plumbing.CommitObject {
			continue
		}
		info, err := p.commit(int32(i))
		if err != nil {
			return nil, err
		}
		c := lineCommit{member: int32(i), parent: -1, at: info.committed.Unix()}
		for n, parent := range info.parents {
			k, ok := p.find(parent)
			switch {
			case ok && n == 0:
				c.parent = k
			case ok:
				joined[c.member] = append(joined[c.member], k)
			}
		}
		all = append(all, c)
	}
	slices.SortStableFunc(all, func(a, b lineCommit) int { return cmp.Compare(a.at, b.at) })
	number := make([]int32, len(p.members)) // of a commit, by its member, plus one
	for i, c := range all {
		number[c.member] = int32(i + 1)
	}
	return parentsFirst(all, joined, number), nil
}

// commit reads a member that is a commit.
func (p *packer) commit(i int32) (commitInfo, error) {
	content, err := p.content(i)
	if err != nil {
		return commitInfo{}, err
	}
	info, err := parseCommit(content)
	if err != nil {
		err = fmt.Errorf("read commit %s: %w", p.members[i].name, err)
	}
	return info, err
}

// parentsFirst puts parents before their children and leaves the order as it is
// otherwise.
func parentsFirst(all []lineCommit, joined map[int32][]int32, number []int32) []lineCommit {
	sorted := make([]lineCommit, 0, len(all))
	state := make([]uint8, len(all)) // 1: its parents are being looked at, 2: done
	for i := range all {
		for stack := []int{i}; len(stack) > 0; {
			at := stack[len(stack)-1]
			if state[at] == 0 {
				state[at] = 1
				for _, parent := range append(joined[all[at].member], all[at].parent) {
					if parent >= 0 && number[parent] > 0 && state[number[parent]-1] == 0 {
						stack = append(stack, int(number[parent]-1))
					}
				}
				continue
			}
			stack = stack[:len(stack)-1]
			if state[at] == 1 {
				state[at] = 2
				sorted = append(sorted, all[at])
			}
		}
	}
	return sorted
}

// writeCommit writes a commit and what it changed.
func (p *packer) writeCommit(i int32) error {
	c, err := p.commit(i)
	if err == nil {
		err = p.emit(i, commitPath)
	}
	if err != nil {
		return err
	}
	var before plumbing.Hash
	if len(c.parents) > 0 {
		if parent, err := p.reader.commitInfo(c.parents[0]); err == nil { // else the history was cut off here
			before = parent.tree
		}
	}
	if before == c.tree {
		return nil
	}
	if err := p.emitName(c.tree, "/"); err != nil {
		return err
	}
	return p.reader.diffBelow("", before, c.tree, 0, func(path string, _, now treeEntry) error {
		switch {
		case now.isDir():
			return p.emitName(now.hash, path+"/")
		case now.isFile():
			return p.emitName(now.hash, path)
		}
		return nil
	})
}

// emitName writes an object, if it is a member.
func (p *packer) emitName(name plumbing.Hash, path string) error {
	if i, ok := p.find(name); ok {
		return p.emit(i, path)
	}
	return nil
}

// emit writes a member, after its base, unless that was done already. path is of
// what it is a version; empty if that is not known.
func (p *packer) emit(i int32, path string) error {
	m := &p.members[i]
	if m.written != 0 {
		return nil
	}
	m.written = -1
	written, err := p.copyDelta(m)
	if err == nil && !written {
		err = p.encode(i, path)
	}
	if err != nil {
		return fmt.Errorf("pack %s: %w", m.name, err)
	}
	if path != "" {
		p.chains.follow(path, i)
	}
	return nil
}

// copyDelta copies a member as it is, if it is a delta on another one.
func (p *packer) copyDelta(m *member) (bool, error) {
	if m.source < 0 {
		return false, nil
	}
	s := &p.sources[m.source]
	head, err := s.Head(m.at)
	if err != nil || head.Kind != plumbing.OFSDeltaObject {
		return false, err
	}
	n, ok := s.place(head.BaseAt)
	if !ok || s.places[n].member < 0 {
		return false, nil
	}
	base := &p.members[s.places[n].member]
	if base.written == 0 {
		if err := p.emit(s.places[n].member, ""); err != nil {
			return false, err
		}
	}
	if base.written < 0 || base.depth >= maxDepth {
		return false, nil
	}
	raw, err := p.raw(m)
	if err != nil {
		return false, err
	}
	m.depth = base.depth + 1
	return true, m.wrote(p.out.Raw(m.name, plumbing.OFSDeltaObject, raw.Size, base.written, raw.Compressed))
}

// wrote notes where a member is in the new pack.
func (m *member) wrote(e gitpack.Entry, err error) error {
	m.written, m.crc = e.Offset, e.CRC
	return err
}

// raw reads a member as it stands in its source.
func (p *packer) raw(m *member) (gitpack.Raw, error) {
	s := &p.sources[m.source]
	n, _ := s.place(m.at)
	end := s.end
	if n+1 < len(s.places) {
		end = s.places[n+1].at
	}
	raw, err := s.Raw(m.at, end, &p.buffer)
	if err == nil && raw.CRC != m.crc {
		err = gitpack.ErrDamaged
	}
	return raw, err
}

// encode writes a member as a delta if that is much smaller, else whole.
func (p *packer) encode(i int32, path string) error {
	m := &p.members[i]
	content, err := p.content(i)
	if err != nil {
		return err
	}
	if base, delta := p.chains.choose(path, m.kind, content); delta != nil {
		made, err := gitpack.Apply(base.data, delta, gitpack.MaxObject)
		if err != nil || !bytes.Equal(made, content) {
			return errors.Join(errors.New("a delta does not make its object"), err)
		}
		on := p.members[base.member]
		m.depth = on.depth + 1
		return m.wrote(p.out.Delta(m.name, on.written, delta))
	}
	if m.source >= 0 && p.sources[m.source].merged {
		raw, err := p.raw(m)
		if err != nil {
			return err
		}
		if raw.Kind == m.kind {
			return m.wrote(p.out.Raw(m.name, m.kind, raw.Size, 0, raw.Compressed))
		}
	}
	return m.wrote(p.out.Whole(m.name, m.kind, content))
}

// content unpacks a member.
func (p *packer) content(i int32) ([]byte, error) {
	m := &p.members[i]
	var o gitpack.Object
	var err error
	if m.source < 0 {
		o, err = p.reader.objects.Read(m.name)
	} else {
		o, err = p.sources[m.source].Object(m.at)
	}
	if err == nil && gitpack.Name(o.Kind, o.Content) != m.name {
		err = gitpack.ErrDamaged
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", m.name, err)
	}
	return o.Content, nil
}
