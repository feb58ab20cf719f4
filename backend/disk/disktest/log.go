package disktest

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"hash/maphash"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// Log is what was done to a folder.
type Log struct {
	start  tree
	ops    []Op
	next   inode
	missed int // the sync that is taken not to have happened; -1 for none
}

// Len is the number of operations.
func (l Log) Len() int { return len(l.ops) }

// Op returns the operation with a number.
func (l Log) Op(i int) Op { return l.ops[i] }

// Marks returns what was marked within the first n operations.
func (l Log) Marks(n int) []string {
	marks := []string{}
	for _, op := range l.ops[:n] {
		if op.Kind == Mark {
			marks = append(marks, op.Path)
		}
	}
	return marks
}

// Syncs returns the numbers of the operations that sync a file or a folder.
func (l Log) Syncs() []int {
	syncs := []int{}
	for i, op := range l.ops {
		if op.Kind == Sync || op.Kind == SyncDir {
			syncs = append(syncs, i)
		}
	}
	return syncs
}

// Without returns the log as if the sync with a number had never happened.
func (l Log) Without(sync int) Log {
	l.missed = sync
	return l
}

// Fate is what becomes of an operation that was not made durable.
type Fate int

// The fates. Only a write can be done by half.
const (
	Kept Fate = iota
	Half
	Lost
)

// Loss decides what becomes of an operation, by its number, that was not made
// durable before the power went. A write after a lost one of the same file is
// lost with it.
type Loss func(i int, op Op) Fate

// NothingLost keeps everything, as when only the process is killed.
func NothingLost(int, Op) Fate { return Kept }

// AllLost keeps only what is durable.
func AllLost(int, Op) Fate { return Lost }

// DataLost keeps names, and loses what was written.
func DataLost(_ int, op Op) Fate {
	if op.Kind == Write {
		return Lost
	}
	return Kept
}

// DataHalved keeps names, and half of what was written.
func DataHalved(_ int, op Op) Fate {
	if op.Kind == Write {
		return Half
	}
	return Kept
}

// NamesLost keeps what was written, and loses names.
func NamesLost(_ int, op Op) Fate {
	if op.Kind == Write {
		return Kept
	}
	return Lost
}

// Random loses each operation or not, the same ones for the same seed.
func Random(seed uint64) Loss {
	return func(i int, _ Op) Fate {
		sum := sha256.Sum256(binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(nil, seed), uint64(i)))
		return Fate(sum[0] % 3)
	}
}

// OnlyLost loses one operation and keeps all others.
func OnlyLost(number int) Loss {
	return func(i int, _ Op) Fate {
		if i == number {
			return Lost
		}
		return Kept
	}
}

// OnlyKept keeps one operation and loses all others.
func OnlyKept(number int) Loss {
	return func(i int, _ Op) Fate {
		if i == number {
			return Kept
		}
		return Lost
	}
}

// Losses returns the losses that are worth a try after n operations: all, none,
// data, half of it, or names, each single operation alone and each but that one, and some
// random ones.
func (l Log) Losses(n int, random uint64) []Loss {
	losses := []Loss{NothingLost, AllLost, DataLost, DataHalved, NamesLost}
	for _, i := range l.pending(n) {
		losses = append(losses, OnlyLost(i), OnlyKept(i))
	}
	for seed := range random {
		losses = append(losses, Random(seed))
	}
	return losses
}

// pending returns the operations among the first n that are not durable.
func (l Log) pending(n int) []int {
	durable, pending := l.durable(n), []int{}
	for i := l.begin(n); i < n; i++ {
		switch op := l.ops[i]; op.Kind {
		case MakeDir, Create, Rename, Remove:
			if !durable(i, op.dir) || op.Kind == Rename && !durable(i, op.into) {
				pending = append(pending, i)
			}
		case Write:
			if !durable(i, op.node) {
				pending = append(pending, i)
			}
		}
	}
	return pending
}

// begin is where the last outside change within the first n operations is.
func (l Log) begin(n int) int {
	for i := n - 1; i >= 0; i-- {
		if l.ops[i].Kind == Outside {
			return i
		}
	}
	return 0
}

// durable returns a function that reports whether an operation on a file or a
// folder was synced before the power went.
func (l Log) durable(n int) func(i int, on inode) bool {
	synced := map[inode]int{}
	for i, op := range l.ops[:n] {
		if (op.Kind == Sync || op.Kind == SyncDir) && i != l.missed {
			synced[op.node] = i
		}
	}
	return func(i int, on inode) bool {
		last, ok := synced[on]
		return ok && last > i
	}
}

// State returns what is in the folder when the power goes after n operations.
func (l Log) State(n int, loss Loss) State {
	begin, durable := l.begin(n), l.durable(n)
	at := l.start
	if begin < n && l.ops[begin].Kind == Outside {
		at = l.ops[begin].tree
	}
	at = at.clone()
	for _, op := range l.ops[begin:n] {
		if op.node != rootNode && at[op.node] == nil {
			at[op.node] = &node{}
		}
		if op.Kind == MakeDir {
			at[op.node].names = map[string]inode{}
		}
	}
	broken := map[inode]bool{}
	for i := begin; i < n; i++ {
		op := l.ops[i]
		fate := func(on inode) Fate {
			if durable(i, on) {
				return Kept
			}
			return loss(i, op)
		}
		at.apply(op, fate, broken)
	}
	return State{files: at.files()}
}

// apply does an operation to a tree, as far as its fate allows.
func (t tree) apply(op Op, fate func(inode) Fate, broken map[inode]bool) {
	switch op.Kind {
	case MakeDir, Create:
		if fate(op.dir) != Lost {
			t[op.dir].names[path.Base(op.Path)] = op.node
		}
	case Rename:
		if fate(op.into) != Lost {
			t.arrive(op)
		}
		if fate(op.dir) != Lost {
			t.leave(op)
		}
	case Remove:
		if fate(op.dir) != Lost {
			delete(t[op.dir].names, path.Base(op.Path))
		}
	case Write:
		f, data := fate(op.node), op.data
		if f == Half {
			data = data[:len(data)/2]
		}
		if f != Lost && !broken[op.node] {
			t[op.node].data = append(slices.Clip(t[op.node].data), data...)
		}
		broken[op.node] = broken[op.node] || f != Kept
	case Replace:
		t[op.node].data = op.data
	}
}

// Resume makes a folder as it is after n operations of which nothing was lost, as
// after the death of a process, and records what is done to it next. The log of
// that begins with those operations, so that what they had not made durable can
// still be lost.
func (l Log) Resume(n int, dir string) (*Recorder, error) {
	if err := l.State(n, NothingLost).Write(dir); err != nil {
		return nil, err
	}
	begin := l.begin(n)
	now := l.start
	if begin < n && l.ops[begin].Kind == Outside {
		now = l.ops[begin].tree
	}
	now = now.clone()
	for _, op := range l.ops[begin:n] {
		if op.Kind == MakeDir {
			now[op.node] = &node{names: map[string]inode{}}
		} else if op.Kind == Create {
			now[op.node] = &node{}
		}
		now.apply(op, func(inode) Fate { return Kept }, map[inode]bool{})
	}
	return &Recorder{root: dir, start: l.start, now: now, next: l.next, ops: slices.Clip(l.ops[:n])}, nil
}

// State is what a power cut has left.
type State struct {
	files map[string][]byte // folders end with a slash
}

// seeds are those of digests, which mean something in this process only.
var seeds = [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}

// Digest names a state: two that are the same have the same digest.
func (s State) Digest() string {
	digest := ""
	for _, seed := range seeds {
		var sum maphash.Hash
		sum.SetSeed(seed)
		for _, name := range slices.Sorted(maps.Keys(s.files)) {
			_, _ = fmt.Fprintf(&sum, "%q %d\n", name, len(s.files[name])) // a hash takes everything
			_, _ = sum.Write(s.files[name])
		}
		digest += fmt.Sprintf("%016x", sum.Sum64())
	}
	return digest
}

// Write makes the state in a folder, which may hold nothing else.
func (s State) Write(dir string) error {
	for _, name := range slices.Sorted(maps.Keys(s.files)) {
		to := filepath.Join(dir, filepath.FromSlash(name))
		if strings.HasSuffix(name, "/") {
			if err := os.MkdirAll(to, 0o700); err != nil {
				return fmt.Errorf("make the state of a crash: %w", err)
			}
			continue
		}
		if err := os.WriteFile(to, s.files[name], 0o600); err != nil {
			return fmt.Errorf("make the state of a crash: %w", err)
		}
	}
	return nil
}
