package handoff

import (
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"plumbline/backend/pattern"
	"plumbline/backend/workflow"
)

// Format is a way to write a piece of work down in a folder.
type Format string

// The formats that are read.
const (
	SpecKit  Format = "spec-kit" // specs/NNN-name/
	OpenSpec Format = "openspec" // openspec/changes/name/
)

// Title is what people call the format.
func (f Format) Title() string {
	if f == OpenSpec {
		return "OpenSpec"
	}
	return "Spec Kit"
}

// Found is one feature of Spec Kit or one change of OpenSpec.
type Found struct {
	Format Format
	// Name is that of its folder, and Dir the path of it; where two folders have one
	// name, both are called by their paths.
	Name string
	Dir  string
	// Archived says that the change is done and put away.
	Archived bool
	Project  Project
	// Conventions are the rules of the repository around it.
	Conventions string
	// Kept is what comes in beside the documents of the phases, Added what was written
	// from it, Dropped what does not come in, Inert what could run and is text here;
	// each as sentences.
	Kept    []string
	Added   []string
	Dropped []string
	Inert   []string
}

// Sought says in a sentence what Read looks for.
const Sought = "Looked for specs/NNN-name/ of Spec Kit with a spec.md, plan.md or tasks.md, and for openspec/changes/NAME/ of OpenSpec with a proposal.md, design.md, tasks.md or specs."

// Read finds the features of Spec Kit and the changes of OpenSpec among the files of
// a folder, in the order of their paths, and says what project each becomes. What it
// returns depends on the files alone, so that the same ones are known again.
func Read(files []File) (found []Found) {
	t := newTree(files)
	for _, dir := range t.units() {
		u := t.unit(dir)
		d := newDraft(u)
		if u.format == OpenSpec {
			d.readChange(t)
		} else {
			d.readFeature(t)
		}
		if d.finish() {
			found = append(found, d.found)
		}
	}
	names := map[string]int{}
	for _, f := range found {
		names[f.Name]++
	}
	for i := range found {
		if names[found[i].Name] > 1 {
			found[i].Name = found[i].Dir
		}
	}
	return found
}

// Concerns reports whether a file may belong to what Read finds, by its path alone:
// it begins with the name of the folder or the archive that is read.
func Concerns(file string) bool {
	names := strings.Split(strings.ToLower(file), "/")
	dirs, base := names[:len(names)-1], names[len(names)-1]
	for i, dir := range dirs {
		switch {
		case dir == "specs" || dir == "changes" || numberedRE.MatchString(dir):
			return true
		case dir == "openspec" && i == len(dirs)-1:
			return true
		case dir == "memory" && i == len(dirs)-1:
			return base == constitutionName
		}
	}
	switch len(dirs) {
	case 0, 1:
		return path.Ext(base) == ".md"
	case 2:
		return dirs[1] == "checklists" || dirs[1] == "contracts"
	}
	return false
}

// numberedRE is the name of a folder as Spec Kit gives it: by number or by time.
var numberedRE = pattern.New(`^(?:\d{3}|\d{8}-\d{6})-.`)

const (
	constitutionName = "constitution.md"
	// maxBody bounds what becomes one document, in bytes, and maxExtra how many come in
	// beside those of the phases.
	maxBody  = 4 << 20
	maxExtra = 200
)

// tree is the files by their paths.
type tree struct {
	files []File                     // in the order of their paths, those that are text
	dirs  map[string]map[string]bool // the lower-case names of the files in each folder
	specs map[string]bool            // folders that hold specs/…/spec.md
}

func newTree(files []File) *tree {
	t := &tree{dirs: map[string]map[string]bool{}, specs: map[string]bool{}}
	seen := map[string]bool{}
	files = slices.Clone(files)
	slices.SortStableFunc(files, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
	for _, f := range files {
		low := strings.ToLower(f.Path)
		if f.Path != path.Clean(f.Path) || strings.HasPrefix(f.Path, "/") || strings.HasPrefix(f.Path, "../") || f.Path == ".." || seen[low] {
			continue
		}
		if !utf8.ValidString(f.Path) || !utf8.ValidString(f.Body) || strings.ContainsRune(f.Body, 0) {
			continue
		}
		seen[low] = true
		t.files = append(t.files, f)
		t.note(f.Path)
	}
	return t
}

func (t *tree) note(file string) {
	dir, base := path.Dir(file), strings.ToLower(path.Base(file))
	if t.dirs[dir] == nil {
		t.dirs[dir] = map[string]bool{}
	}
	t.dirs[dir][base] = true
	if base != "spec.md" {
		return
	}
	for at := path.Dir(dir); at != "." && at != "/"; at = path.Dir(at) {
		if strings.EqualFold(path.Base(at), "specs") {
			t.specs[path.Dir(at)] = true
		}
	}
}

// units returns the folders that are a feature or a change, none inside another.
func (t *tree) units() []string {
	all := map[string]bool{}
	for _, f := range t.files {
		for dir := path.Dir(f.Path); dir != "." && dir != "/" && !all[dir]; dir = path.Dir(dir) {
			all[dir] = true
		}
	}
	list := []string{}
	for dir := range all {
		list = append(list, dir)
	}
	slices.Sort(list)
	units := map[string]bool{}
	return slices.DeleteFunc(list, func(dir string) bool {
		for above := path.Dir(dir); above != "." && above != "/"; above = path.Dir(above) {
			if units[above] {
				return true
			}
		}
		units[dir] = t.isChange(dir) || t.isFeature(dir)
		return !units[dir]
	})
}

func (t *tree) has(dir string, names ...string) bool {
	return slices.ContainsFunc(names, func(name string) bool { return t.dirs[dir][name] })
}

// isChange reports whether a folder is a change of OpenSpec: by where it is, or by
// what is in it when it was chosen alone.
func (t *tree) isChange(dir string) bool {
	place, archive := path.Dir(dir), false
	if strings.EqualFold(path.Base(place), "archive") {
		place, archive = path.Dir(place), true
	}
	proposed := t.has(dir, "proposal.md")
	if !strings.EqualFold(path.Base(place), "changes") {
		return proposed && (t.has(dir, "tasks.md", "design.md") || t.specs[dir])
	}
	if strings.EqualFold(path.Base(dir), "archive") && !archive {
		return false
	}
	ours := strings.EqualFold(path.Base(path.Dir(place)), "openspec")
	return proposed || ours && (t.has(dir, "tasks.md", "design.md") || t.specs[dir])
}

func (t *tree) isFeature(dir string) bool {
	if numberedRE.MatchString(path.Base(dir)) && t.has(dir, "spec.md", "plan.md", "tasks.md") {
		return true
	}
	return t.has(dir, "spec.md") && t.has(dir, "plan.md", "tasks.md")
}

// unit is a feature or a change with its files, by their paths within it.
type unit struct {
	format   Format
	dir      string
	archived bool
	files    []File
}

func (t *tree) unit(dir string) unit {
	u := unit{format: SpecKit, dir: dir}
	if t.isChange(dir) {
		u.format, u.archived = OpenSpec, strings.EqualFold(path.Base(path.Dir(dir)), "archive")
	}
	for _, f := range t.files {
		if within, ok := strings.CutPrefix(f.Path, dir+"/"); ok {
			u.files = append(u.files, File{Path: within, Body: f.Body})
		}
	}
	return u
}

// around returns the file at one of the places, in the nearest folder around a folder.
func (t *tree) around(dir string, places ...string) (File, bool) {
	best, depth := File{}, -1
	for _, f := range t.files {
		for _, place := range places {
			root, ok := strings.CutSuffix("/"+strings.ToLower(f.Path), "/"+place)
			if !ok || !strings.HasPrefix("/"+strings.ToLower(dir)+"/", root+"/") || len(root) <= depth {
				continue
			}
			best, depth = f, len(root)
		}
	}
	return best, depth >= 0
}

// below reports whether there is a file in a folder.
func (t *tree) below(dir string) bool {
	return slices.ContainsFunc(t.files, func(f File) bool { return strings.HasPrefix(strings.ToLower(f.Path), strings.ToLower(dir)+"/") })
}

// finish gives the project its name and leaves out one that holds nothing.
func (d *draft) finish() bool {
	p := &d.found.Project
	for _, name := range []string{d.title, humanise(path.Base(d.dir)), "Imported project"} {
		if name, err := workflow.CheckName(clip(name, workflow.MaxName)); err == nil {
			p.Name, p.Slug = name, workflow.Slug(name)
			break
		}
	}
	return slices.ContainsFunc(p.Documents, func(doc Document) bool { return doc.Path != ideaFile })
}
