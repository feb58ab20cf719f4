package history

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/go-git/go-git/v5/plumbing"

	"plumbline/backend/history/internal/gitpack"
)

// ProblemKind sorts what can be wrong with a repository.
type ProblemKind string

// The kinds of problems. Those of the first group need nothing but the repository
// to be put right; see [History.Mend].
const (
	FolderMissing    ProblemKind = "folder_missing"
	HeadMissing      ProblemKind = "head_missing"
	ConfigMissing    ProblemKind = "config_missing"
	BranchMissing    ProblemKind = "branch_missing"
	BranchForeign    ProblemKind = "branch_foreign"    // it points to another commit
	BranchUnreadable ProblemKind = "branch_unreadable" // its file holds no commit
	IndexMissing     ProblemKind = "index_missing"
	IndexDamaged     ProblemKind = "index_damaged"
	StrayLock        ProblemKind = "stray_lock"

	RepositoryMissing ProblemKind = "repository_missing"
	PackDamaged       ProblemKind = "pack_damaged"
	ObjectMissing     ProblemKind = "object_missing"
	ObjectDamaged     ProblemKind = "object_damaged"
)

// Problem is something that is wrong with a repository.
type Problem struct {
	Kind    ProblemKind `json:"kind"`
	Subject string      `json:"subject"` // a file, a branch or an object
	Message string      `json:"message"` // for a person
}

const (
	// maxProblems bounds how many objects are named.
	maxProblems = 100
	// staleLock is how old a lock is that no program can still be using.
	staleLock = 10 * time.Minute
)

// check looks for problems in one repository.
type check struct {
	ctx      context.Context
	repo     *repo
	now      time.Time
	problems []Problem
	objects  int // problems of objects
	// unindexed are packs without an index to which no ref leads.
	unindexed []string
	sound     map[plumbing.Hash]struct{} // that were unpacked and have their name
}

// Verify looks for what is wrong with the repository of a project whose branch
// should point to tip; empty for none. The shallow check takes microseconds: are
// the files there that git needs, does the branch point to tip, are its commit
// and its tree readable. The deep one unpacks every object, compares it with its
// name, and follows all that tip rests on. Nothing is changed. The error is for
// what stopped the check; damage is never one.
func (h *History) Verify(ctx context.Context, projectID, tip string, deep bool) ([]Problem, error) {
	r, err := h.repo(ctx, projectID)
	if err != nil {
		return nil, err
	}
	want, err := parseOptional(tip)
	if err != nil {
		return nil, err
	}
	c := &check{ctx: ctx, repo: r, now: h.now(), problems: []Problem{}}
	if _, err := os.Stat(r.dir); errors.Is(err, fs.ErrNotExist) {
		if !want.IsZero() {
			c.add(RepositoryMissing, r.dir, "The history folder %s is gone.", r.dir)
		}
		return c.problems, nil
	}
	c.frame()
	if err := c.locks(); err != nil {
		return nil, fmt.Errorf("check the history of %s: %w", projectID, err)
	}
	c.branch(want)
	if deep {
		err = c.deep(want)
	} else if !want.IsZero() {
		c.tip(want)
	}
	if err != nil {
		return nil, fmt.Errorf("check the history of %s: %w", projectID, err)
	}
	return c.problems, nil
}

func (c *check) add(kind ProblemKind, subject, format string, args ...any) {
	c.problems = append(c.problems, Problem{Kind: kind, Subject: subject, Message: fmt.Sprintf(format, args...)})
}

// frame checks what makes a folder a repository.
func (c *check) frame() {
	for _, dir := range frameDirs {
		if info, err := os.Stat(c.repo.path(filepath.FromSlash(dir))); err != nil || !info.IsDir() {
			c.add(FolderMissing, dir, "The folder %s is missing in %s.", dir, c.repo.dir)
		}
	}
	if !c.repo.isSound(headFile) {
		c.add(HeadMissing, headFile.name, "The file HEAD in %s is missing or makes no sense.", c.repo.dir)
	}
	if !c.repo.isSound(configFile) {
		c.add(ConfigMissing, configFile.name, "The file config in %s is missing or makes no sense.", c.repo.dir)
	}
}

// locks looks for locks that nobody can still be using.
func (c *check) locks() error {
	locks, err := c.repo.staleLocks(c.now)
	for _, lock := range locks {
		c.add(StrayLock, lock, "A program has left the lock %s behind.", lock)
	}
	return err
}

// branch checks where the branch points to.
func (c *check) branch(want plumbing.Hash) {
	content, err := os.ReadFile(c.repo.path(filepath.FromSlash(string(branch))))
	text := strings.TrimSpace(string(content))
	if err == nil && !plumbing.IsHash(text) || err != nil && !errors.Is(err, fs.ErrNotExist) {
		c.add(BranchUnreadable, string(branch), "The branch %s in %s cannot be read.", branch.Short(), c.repo.dir)
		return
	}
	now, err := c.repo.ref(branch)
	switch {
	case err != nil:
		c.add(BranchUnreadable, string(branch), "The branch %s in %s cannot be read: %v.", branch.Short(), c.repo.dir, err)
	case now.IsZero() && !want.IsZero():
		c.add(BranchMissing, string(branch), "The branch %s in %s is gone.", branch.Short(), c.repo.dir)
	case now != want:
		c.add(BranchForeign, string(branch), "The branch %s in %s points to %s, which Plumbline did not write.", branch.Short(), c.repo.dir, now)
	}
}

// tip reads the last commit and its tree.
func (c *check) tip(want plumbing.Hash) {
	info, err := c.repo.commitInfo(want)
	if err == nil {
		_, err = c.repo.treeContent(info.tree)
	}
	if err != nil {
		c.object(want, "the last commit", err)
	}
}

// object adds the problem of an object.
func (c *check) object(hash plumbing.Hash, what string, err error) {
	if c.objects++; c.objects > maxProblems {
		return
	}
	if !c.repo.objects.Has(hash) {
		c.add(ObjectMissing, hash.String(), "The object %s (%s) is missing in %s.", hash, what, c.repo.dir)
		return
	}
	if err == nil {
		err = gitpack.ErrDamaged
	}
	c.add(ObjectDamaged, hash.String(), "The object %s (%s) in %s cannot be read: %v.", hash, what, c.repo.dir, err)
}

// deep reads everything.
func (c *check) deep(want plumbing.Hash) error {
	c.sound = map[plumbing.Hash]struct{}{}
	packs, err := c.repo.listPacks()
	if err != nil {
		return err
	}
	for _, base := range packs {
		if err := c.pack(base); err != nil {
			return err
		}
	}
	err = c.repo.objects.Loose(func(hash plumbing.Hash) error {
		if o, err := c.repo.objects.Read(hash); err != nil || gitpack.Name(o.Kind, o.Content) != hash {
			c.object(hash, "a file of its own", errors.Join(err, errors.New("it does not match its name")))
		} else {
			c.sound[hash] = struct{}{}
		}
		return c.ctx.Err()
	})
	if err == nil && !want.IsZero() {
		err = c.connect(want)
	}
	if c.objects > 0 { // else nobody needs them: a power cut came before they were used
		for _, file := range c.unindexed {
			c.noIndex(file)
		}
	}
	return err
}

// listPacks returns the packs of the repository, with or without an index, as
// paths without an extension. No writer is in between pack and index meanwhile.
func (r *repo) listPacks() ([]string, error) {
	r.write.Lock()
	defer r.write.Unlock()
	found, err := filepath.Glob(filepath.Join(globQuote(r.path("objects", "pack")), "pack-*.pack"))
	for i := range found {
		found[i] = strings.TrimSuffix(found[i], ".pack")
	}
	return found, err
}

// globQuote makes a path mean itself in a pattern.
func globQuote(path string) string {
	if filepath.Separator == '\\' {
		return path // the pattern of Windows has no way to quote
	}
	return strings.NewReplacer("[", `\[`, "*", `\*`, "?", `\?`, `\`, `\\`).Replace(path)
}

// pack checks a pack and its index.
func (c *check) pack(base string) error {
	found, err := gitpack.Scan(c.ctx, base+".pack", gitpack.OwnLimits, gitpack.NewCache(cacheSize), nil)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // git has put it into another one meanwhile
	} else if err != nil {
		return err
	}
	file := filepath.Base(base) + ".pack"
	if len(found.Damage) > 0 {
		c.add(PackDamaged, file, "The pack %s in %s is damaged: %v.", file, c.repo.dir, found.Damage[0])
	}
	for _, e := range found.Entries {
		c.sound[e.Name] = struct{}{}
	}
	switch err := checkIndex(base, found); {
	case errors.Is(err, fs.ErrNotExist) && !c.named(found):
		c.unindexed = append(c.unindexed, file)
	case errors.Is(err, fs.ErrNotExist):
		c.noIndex(file)
	case err != nil:
		c.add(IndexDamaged, file, "The index of the pack %s in %s is damaged: %v.", file, c.repo.dir, err)
	}
	return nil
}

// noIndex adds the problem of a pack that git does not see.
func (c *check) noIndex(file string) {
	c.add(IndexMissing, file, "The pack %s in %s has no index.", file, c.repo.dir)
}

// named reports whether a ref points to an object that is in a pack and nowhere else.
func (c *check) named(found gitpack.Scanned) bool {
	targets := c.repo.refTargets()
	return slices.ContainsFunc(found.Entries, func(e gitpack.Entry) bool { return targets[e.Name] && !c.repo.objects.Has(e.Name) })
}

// checkIndex compares the index of a pack with what was found in the pack.
func checkIndex(base string, found gitpack.Scanned) error {
	x, err := gitpack.OpenIndex(base + ".idx")
	if err != nil {
		return err
	}
	if err := x.Check(); err != nil {
		return err
	}
	if len(found.Damage) > 0 {
		return nil // the pack is to blame for what does not match
	}
	if x.PackSum() != found.Sum || x.Count() != len(found.Entries) {
		return errors.New("it is for another pack")
	}
	for _, e := range found.Entries {
		if i, ok := x.Find(e.Name); !ok || x.Entry(i) != e && x.Count() == len(found.Entries) {
			return fmt.Errorf("it does not tell where %s is", e.Name)
		}
	}
	return nil
}

// connect follows everything that a commit rests on.
func (c *check) connect(tip plumbing.Hash) error {
	seen := map[plumbing.Hash]struct{}{tip: {}}
	for queue := []plumbing.Hash{tip}; len(queue) > 0; {
		if err := c.ctx.Err(); err != nil {
			return err
		}
		hash := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		info, err := c.repo.commitInfo(hash)
		if err != nil || !c.isSound(hash) {
			c.object(hash, "a commit", err)
			continue
		}
		c.tree(seen, info.tree, "", hash)
		for _, p := range info.parents {
			if _, known := seen[p]; !known {
				seen[p] = struct{}{}
				queue = append(queue, p)
			}
		}
	}
	return nil
}

func (c *check) isSound(hash plumbing.Hash) bool {
	_, ok := c.sound[hash]
	return ok
}

// tree follows a tree of a commit, at a path, unless that was done already.
func (c *check) tree(seen map[plumbing.Hash]struct{}, hash plumbing.Hash, path string, of plumbing.Hash) {
	if _, known := seen[hash]; known {
		return
	}
	seen[hash] = struct{}{}
	content, err := c.repo.read(plumbing.TreeObject, hash)
	if err != nil || !c.isSound(hash) || strings.Count(path, "/") > maxNesting {
		c.object(hash, fmt.Sprintf("the folder /%s of commit %s", path, of), err)
		return
	}
	for len(content) > 0 {
		var e treeEntry
		if e, content, err = nextEntry(content); err != nil {
			c.object(hash, fmt.Sprintf("the folder /%s of commit %s", path, of), err)
			return
		}
		if e.isDir() {
			c.tree(seen, e.hash, path+string(e.name)+"/", of)
			continue
		}
		if _, known := seen[e.hash]; known || !e.isFile() {
			continue
		}
		seen[e.hash] = struct{}{}
		if !c.isSound(e.hash) {
			c.object(e.hash, fmt.Sprintf("%s%s of commit %s", path, e.name, of), gitpack.ErrDamaged)
		}
	}
}
