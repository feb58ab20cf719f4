package engine

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"plumbline/backend/llm"
	"plumbline/backend/store"
	"plumbline/backend/workflow"
)

// lived is a bench with a project that has been through everything, and a second one.
func lived(t *testing.T) (b *bench, p workflow.Project) {
	t.Helper()
	b = newBench(t, specOrRequest)
	b.project("Other")
	p = b.project("Tide table")
	d := b.run(p, "request")
	try(b.Accept(b.ctx, d.Run.ID, workflow.AcceptCandidate{All: true}))(t)
	for _, it := range b.doc(p, "request.md").Items[:2] {
		try(b.Tick(b.ctx, p.ID, "request.md", it.Offset, b.doc(p, "request.md").Version.Number, true))(t)
	}
	try(b.Save(b.ctx, p.ID, workflow.SaveDocument{Path: "request.md", Base: 3, Body: requestAnswer + "\nMore.\n"}))(t)
	try(b.Waive(b.ctx, p.ID, "request", "A throw-away project for a test."))(t)
	if err := b.SetVariables(b.ctx, p.ID, "spec", map[string]string{"rules": "Be brief."}); err != nil {
		t.Fatal(err)
	}
	try(b.Save(b.ctx, p.ID, workflow.SaveDocument{Path: "spec.md", Body: specAnswer}))(t)
	try(b.CopyRun(b.ctx, p.ID, "spec"))(t)
	if err := b.SaveDraft(b.ctx, workflow.Draft{ProjectID: p.ID, Path: "spec.md", Base: 1, Body: "unsaved"}); err != nil {
		t.Fatal(err)
	}
	if err := b.drainer.flush(b.ctx); err != nil {
		t.Fatal(err)
	}
	return b, p
}

// image is everything a person can see of all projects, as text. Without local,
// what only the database has is left out.
func image(b *bench, local bool) string {
	b.t.Helper()
	text, err := imageOf(b, local)
	if err != nil {
		b.t.Error(err)
	}
	return text
}

// picturing gathers an image, and what went wrong with that.
type picturing struct {
	text strings.Builder
	errs []error
}

func (p *picturing) add(what string, v any, err error) {
	text, broken := json.MarshalIndent(v, "", " ")
	if err = errors.Join(err, broken); err != nil {
		p.errs = append(p.errs, fmt.Errorf("%s: %w", what, err))
		return
	}
	fmt.Fprintf(&p.text, "%s: %s\n", what, text)
}

func imageOf(b *bench, local bool) (string, error) {
	p := &picturing{}
	all, err := b.Projects(b.ctx)
	if err != nil {
		return "", err
	}
	slices.SortFunc(all, func(x, y workflow.Overview) int { return strings.Compare(x.Project.ID, y.Project.ID) })
	for _, o := range all {
		id := o.Project.ID
		p.add("project", o.Project, nil)
		p.documents(b, id)
		records, err := b.GateRecords(b.ctx, id)
		p.add("gates", records, err)
		p.runs(b, id, local)
		if local {
			d, _, err := b.Draft(b.ctx, id, "spec.md")
			p.add("draft", d, err)
		}
	}
	return p.text.String(), errors.Join(p.errs...)
}

// documents adds every version of every artifact.
func (p *picturing) documents(b *bench, id string) {
	artifacts, err := b.Artifacts(b.ctx, id)
	p.add("artifacts", len(artifacts), err)
	for _, a := range artifacts {
		versions, err := b.versions(id, a.Path)
		p.add("versions", versions, err)
		for _, v := range versions {
			d, err := b.Document(b.ctx, id, a.Path, v.Number)
			p.add("document", []any{d.Markdown, d.Items}, err)
		}
	}
}

func (p *picturing) runs(b *bench, id string, local bool) {
	runs, err := b.Runs(b.ctx, id, "")
	p.add("runs asked", len(runs) > 0, err)
	for _, r := range runs {
		if !r.State.Ended() && !local {
			continue
		}
		d, err := b.Run(b.ctx, r.ID)
		p.add("run", d, err)
	}
}

// sameImage fails the test where two images differ.
func sameImage(t *testing.T, got, want string) {
	t.Helper()
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range max(len(g), len(w)) {
		a, b := "", ""
		if i < len(g) {
			a = g[i]
		}
		if i < len(w) {
			b = w[i]
		}
		if a != b {
			t.Fatalf("line %d is\n%s\nwant\n%s", i, strings.Join(g[max(0, i-3):min(len(g), i+3)], "\n"), strings.Join(w[max(0, i-3):min(len(w), i+3)], "\n"))
		}
	}
}

// versions returns all versions of an artifact, newest first.
func (b *bench) versions(projectID, path string) (list []workflow.Version, err error) {
	err = b.store.View(func(tx *store.Tx) error {
		list, err = tx.Versions(projectID, path)
		return err
	})
	return list, err
}

func (b *bench) options() Options {
	return Options{Dir: b.dir, Version: "test", Door: "test", NewClient: func(string) (llm.Client, error) { return b.client, nil }}
}

func (b *bench) close() {
	b.t.Helper()
	if err := b.Close(); err != nil {
		b.t.Fatal(err)
	}
}

// sound fails the test when anything is damaged, by our own eyes and by git's.
func (b *bench) sound() {
	b.t.Helper()
	for _, c := range try(b.Verify(b.ctx, true, func(workflow.VerifyProgress) {}))(b.t) {
		if c.State != checkOK {
			b.t.Errorf("%s: %s", c.Title, c.Message)
		}
	}
	for _, o := range try(b.Projects(b.ctx))(b.t) {
		dir := b.history.Dir(o.Project.ID)
		drainGit(b.t, dir, "fsck", "--full", "--strict", "--no-dangling")
		head, err := b.store.GitHead(o.Project.ID)
		if tip := strings.TrimSpace(drainGit(b.t, dir, "rev-parse", "main")); err != nil || tip != head {
			b.t.Errorf("git is at %s, the database at %s, %v", tip, head, err)
		}
	}
}

// another is a bench with an empty folder of its own.
func another(t *testing.T) *bench { return newBench(t, specOrRequest) }

func TestBackupBringsEverythingBack(t *testing.T) {
	b, p := lived(t)
	want := image(b, true)
	backup := try(b.Backup(b.ctx, ""))(t)
	if backup.Size == 0 || filepath.Dir(backup.Path) != filepath.Join(b.dir, "backups") {
		t.Errorf("the backup is %+v", backup)
	}
	if list := try(b.Backups(b.ctx))(t); len(list) != 1 || list[0].Path != backup.Path || list[0].Auto {
		t.Errorf("the backups are %+v", list)
	}
	try(b.Save(b.ctx, p.ID, workflow.SaveDocument{Path: "spec.md", Base: 1, Body: "# After the backup\n"}))(t)
	b.close()
	report, err := Restore(b.ctx, b.options(), backup.Path)
	if err != nil {
		t.Fatal(err)
	}
	if len(report.Done) != 3 || len(report.Lost) > 0 {
		t.Errorf("the report is %+v", report)
	}
	b.open()
	sameImage(t, image(b, true), want)
	b.sound()
	kept, _ := filepath.Glob(filepath.Join(b.dir, "*.before-restore-*"))
	if len(kept) != 2 {
		t.Errorf("set aside: %v", kept)
	}
	b.close()
	other := another(t)
	other.close()
	if _, err := Restore(b.ctx, other.options(), backup.Path); err != nil {
		t.Fatal(err)
	}
	other.open()
	sameImage(t, image(other, true), want)
	other.sound()
}

func TestRestoreTakesNothingButSoundBackups(t *testing.T) {
	b, p := lived(t)
	backup := try(b.Backup(b.ctx, filepath.Join(t.TempDir(), "all.zip")))(t)
	exported := try(b.ExportProject(b.ctx, p.ID, filepath.Join(t.TempDir(), "one.zip")))(t)
	if _, err := Restore(b.ctx, b.options(), backup.Path); workflow.CodeOf(err) != workflow.Conflict {
		t.Errorf("while it is open: %v", err)
	}
	want := image(b, true)
	b.close()
	content, err := os.ReadFile(backup.Path)
	if err != nil {
		t.Fatal(err)
	}
	bad := filepath.Join(t.TempDir(), "bad.zip")
	content[len(content)/2] ^= 1
	if err := os.WriteFile(bad, content, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{bad, exported.Path, filepath.Join(t.TempDir(), "none.zip")} {
		_, err := Restore(b.ctx, b.options(), path)
		if code := workflow.CodeOf(err); code != workflow.Invalid && code != workflow.NotFound {
			t.Errorf("%s: %v", filepath.Base(path), err)
		}
	}
	b.open()
	sameImage(t, image(b, true), want)
	left, _ := filepath.Glob(filepath.Join(b.dir, "*.tmp"))
	if len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestRebuildMakesEveryRecordFromGit(t *testing.T) {
	b, _ := lived(t)
	want := image(b, false)
	b.close()
	if _, err := Rebuild(b.ctx, b.options()); workflow.CodeOf(err) != workflow.Conflict {
		t.Errorf("with a database: %v", err)
	}
	if err := os.Remove(filepath.Join(b.dir, "plumbline.db")); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(b.ctx, b.options()); workflow.CodeOf(err) != workflow.NotFound || !strings.Contains(workflow.Describe(err).Hint, "rebuild") {
		t.Errorf("opening without a database: %v", err)
	}
	report, err := Rebuild(b.ctx, b.options())
	if err != nil || len(report.Lost) > 0 || len(report.Done) != 2 {
		t.Fatalf("%+v, %v", report, err)
	}
	b.open()
	sameImage(t, image(b, false), want)
	b.sound()
}

func TestRebuildOfNothing(t *testing.T) {
	opt := Options{Dir: t.TempDir()}
	if _, err := Rebuild(t.Context(), opt); workflow.CodeOf(err) != workflow.NotFound {
		t.Errorf("an empty folder: %v", err)
	}
}

func TestExportedProjectLivesOnElsewhere(t *testing.T) {
	b, p := lived(t)
	file := filepath.Join(t.TempDir(), "tide.zip")
	try(b.ExportProject(b.ctx, p.ID, file))(t)
	there := another(t)
	got := try(there.ImportProject(b.ctx, file, ""))(t)
	if got != try(b.project1(p.ID))(t) {
		t.Errorf("imported %+v", got)
	}
	for _, path := range []string{"request.md", "spec.md"} {
		if a, b := there.doc(p, path), b.doc(p, path); a.Markdown != b.Markdown || a.Version != b.Version {
			t.Errorf("%s is %+v, was %+v", path, a.Version, b.Version)
		}
	}
	if d, ok, err := there.Draft(b.ctx, p.ID, "spec.md"); d.Body != "unsaved" || !ok || err != nil {
		t.Errorf("the draft is %+v, %v", d, err)
	}
	if runs := try(there.Runs(b.ctx, p.ID, "spec"))(t); len(runs) != 1 || runs[0].State != workflow.RunWaiting {
		t.Errorf("the runs are %+v", runs)
	}
	there.sound()
	if _, err := there.ImportProject(b.ctx, file, ""); workflow.CodeOf(err) != workflow.Conflict {
		t.Errorf("importing it again: %v", err)
	}

	// Work goes on there and comes back here.
	try(there.Save(b.ctx, p.ID, workflow.SaveDocument{Path: "spec.md", Base: 1, Body: "# On the train\n"}))(t)
	back := filepath.Join(t.TempDir(), "back.zip")
	try(there.ExportProject(b.ctx, p.ID, back))(t)
	try(b.ImportProject(b.ctx, back, ""))(t)
	if d := b.doc(p, "spec.md"); d.Markdown != "# On the train\n" || d.Version.Number != 2 {
		t.Errorf("back home: %+v", d.Version)
	}
	b.sound()

	// Both go on: neither may overwrite the other.
	try(b.Save(b.ctx, p.ID, workflow.SaveDocument{Path: "spec.md", Base: 2, Body: "# Here\n"}))(t)
	try(there.Save(b.ctx, p.ID, workflow.SaveDocument{Path: "spec.md", Base: 2, Body: "# There\n"}))(t)
	apart := filepath.Join(t.TempDir(), "apart.zip")
	try(there.ExportProject(b.ctx, p.ID, apart))(t)
	if err := b.drainer.flush(b.ctx); err != nil {
		t.Fatal(err)
	}
	before := image(b, true)
	if _, err := b.ImportProject(b.ctx, apart, ""); workflow.CodeOf(err) != workflow.Conflict || !strings.Contains(workflow.Describe(err).Hint, "--new") {
		t.Errorf("two that went apart: %v", err)
	}
	sameImage(t, image(b, true), before)
	if _, err := b.ImportProject(b.ctx, apart, "Other"); workflow.CodeOf(err) != workflow.Conflict {
		t.Errorf("under a name that is taken: %v", err)
	}
	twin := try(b.ImportProject(b.ctx, apart, "Tide table from the train"))(t)
	if twin.ID == p.ID || twin.Slug != "tide-table-from-the-train" {
		t.Errorf("the twin is %+v", twin)
	}
	if d := b.doc(twin, "spec.md"); d.Markdown != "# There\n" {
		t.Errorf("the twin says %q", d.Markdown)
	}
	if err := b.drainer.flush(b.ctx); err != nil {
		t.Fatal(err)
	}
	b.sound()
}

func (b *bench) project1(id string) (workflow.Project, error) { return b.Engine.project(id) }

func TestSurplusBackups(t *testing.T) {
	at := func(day, hour int) workflow.Backup {
		return workflow.Backup{At: time.Date(2026, 11, 1, hour, 0, 0, 0, time.UTC).AddDate(0, 0, day), Auto: true, Path: fmt.Sprint(day, ".", hour)}
	}
	list := []workflow.Backup{}
	for day := 39; day >= 0; day-- {
		list = append(list, at(day, 20), at(day, 8))
	}
	asked := at(1, 9)
	asked.Auto = false
	list = append(list, asked)
	kept := map[string]bool{}
	for _, b := range list {
		kept[b.Path] = true
	}
	for _, b := range surplus(list, 7, 4) {
		if !b.Auto {
			t.Error("a backup that was asked for is to go")
		}
		delete(kept, b.Path)
	}
	// 2026-11-01 is a Sunday, so days 39 and 36 to 33 are of one week, 35 of the one before.
	want := []string{"39.20", "38.20", "37.20", "36.20", "35.20", "34.20", "33.20", "28.20", "21.20", "1.9"}
	for _, path := range want {
		if !kept[path] {
			t.Errorf("%s is to go", path)
		}
	}
	if len(kept) != len(want) {
		t.Errorf("kept are %v", kept)
	}
	if got := surplus(list, 0, 0); len(got) != 80 {
		t.Errorf("%d of 80 go when none is to be kept", len(got))
	}
}

func TestBackupIsDueOnceADayAfterAChange(t *testing.T) {
	now := time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)
	auto := func(ago time.Duration) []workflow.Backup { return []workflow.Backup{{At: now.Add(-ago), Auto: true}} }
	for name, c := range map[string]struct {
		list    []workflow.Backup
		changed time.Time
		want    bool
	}{
		"nothing written yet":        {nil, time.Time{}, false},
		"the first":                  {nil, now.Add(-time.Hour), true},
		"only ones asked for":        {[]workflow.Backup{{At: now}}, now.Add(-time.Hour), true},
		"an hour ago":                {auto(time.Hour), now, false},
		"yesterday, nothing changed": {auto(25 * time.Hour), now.Add(-26 * time.Hour), false},
		"yesterday":                  {auto(25 * time.Hour), now.Add(-time.Hour), true},
	} {
		if got := backupDue(c.list, c.changed, now); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func TestCaretakerMakesTheBackupOfTheDayAndKeepsTheNewest(t *testing.T) {
	b, p := lived(t)
	now := time.Now()
	b.opt.Now = func() time.Time { return now }
	try(b.SetSetting(b.ctx, "dailyBackups", "2"))(t)
	try(b.SetSetting(b.ctx, "weeklyBackups", "0"))(t)
	for day := range 4 {
		now = now.Add(25 * time.Hour)
		try(b.Save(b.ctx, p.ID, workflow.SaveDocument{Path: "spec.md", Base: day + 1, Body: fmt.Sprint("# Day ", day, "\n")}))(t)
		for range 2 {
			if err := b.care.backUp(b.ctx); err != nil {
				t.Fatal(err)
			}
		}
	}
	list := try(b.Backups(b.ctx))(t)
	if len(list) != 2 || !list[0].Auto || now.Sub(list[0].At) > time.Minute {
		t.Errorf("kept are %+v", list)
	}
	try(b.SetSetting(b.ctx, "dailyBackups", "0"))(t)
	now = now.Add(50 * time.Hour)
	try(b.Save(b.ctx, p.ID, workflow.SaveDocument{Path: "spec.md", Base: 5, Body: "# More\n"}))(t)
	if err := b.care.backUp(b.ctx); err != nil || len(try(b.Backups(b.ctx))(t)) != 2 {
		t.Errorf("a backup although none is wanted: %v", err)
	}
}

func TestProjectWithoutRecordsIsBroughtBack(t *testing.T) {
	b, p := lived(t)
	want := image(b, false)
	if err := b.store.Forget(b.ctx, p.ID); err != nil { // an import that was cut short
		t.Fatal(err)
	}
	b.reopen()
	sameImage(t, image(b, false), want)
	told := false
	for _, ev := range b.EventsSince(b.epoch, 0).Events {
		told = told || ev.Notice != nil && strings.Contains(ev.Notice.Message, "brought back")
	}
	if !told {
		t.Error("nobody was told")
	}
}

func TestProjectOfAnImportThatWasCutShortGetsANameOfItsOwn(t *testing.T) {
	b, p := lived(t)
	file := filepath.Join(t.TempDir(), "tide.zip")
	try(b.ExportProject(b.ctx, p.ID, file))(t)
	twin := try(b.ImportProject(b.ctx, file, "Twin"))(t)
	b.drain()
	b.close()
	opened := try(store.Open(b.ctx, b.dir, store.Options{}))(t)
	if err := errors.Join(opened.Forget(b.ctx, twin.ID), opened.Close()); err != nil {
		t.Fatal(err)
	}
	repo := filepath.Join(b.dir, "projects", twin.ID, "history.git")
	// Only what was unpacked is there yet: the name is the original's.
	drainGit(t, repo, "update-ref", "refs/heads/main", strings.TrimSpace(drainGit(t, repo, "rev-parse", "main~1")))
	b.open()
	if got := try(b.project1(twin.ID))(t); got.Name != "Tide table (2)" || got.Slug != "tide-table-2" {
		t.Errorf("it is called %q, %q", got.Name, got.Slug)
	}
	if got := try(b.FindProject(b.ctx, "tide-table"))(t); got.ID != p.ID {
		t.Errorf("the old name leads to %+v", got)
	}
	b.sound()
}

func TestDamageIsToldOfAtTheStart(t *testing.T) {
	b, p := lived(t)
	packs, err := filepath.Glob(filepath.Join(b.history.Dir(p.ID), "objects", "pack", "*"))
	if err != nil || len(packs) == 0 {
		t.Fatal(err)
	}
	b.close()
	for _, pack := range packs {
		if err := os.Remove(pack); err != nil {
			t.Fatal(err)
		}
	}
	b.open()
	b.care.look(b.ctx)
	told := false
	for _, ev := range b.EventsSince(b.epoch, 0).Events {
		told = told || ev.Notice != nil && strings.Contains(ev.Notice.Message, "Tide table") && strings.Contains(ev.Notice.Hint, "plumbline repair")
	}
	if !told {
		t.Error("nobody was told")
	}
	if d := b.doc(p, "request.md"); !strings.HasSuffix(d.Markdown, "More.\n") {
		t.Error("the current text cannot be read")
	}
}

func TestMaintenanceMergesPacks(t *testing.T) {
	b, p := lived(t)
	for i := range 5 {
		try(b.Save(b.ctx, p.ID, workflow.SaveDocument{Path: "spec.md", Base: i + 1, Body: fmt.Sprint(specAnswer, i)}))(t)
		if err := b.drainer.flush(b.ctx); err != nil {
			t.Fatal(err)
		}
	}
	want := image(b, true)
	packs := b.history.Packs(p.ID)
	if packs < 5 {
		t.Fatalf("only %d packs", packs)
	}
	if err := b.Maintain(b.ctx); err != nil {
		t.Fatal(err)
	}
	if n := b.history.Packs(p.ID); n > 2 {
		t.Errorf("%d of %d packs are left", n, packs)
	}
	sameImage(t, image(b, true), want)
	b.sound()
}

func TestDoctorMissesABackup(t *testing.T) {
	b, _ := lived(t)
	now := time.Now()
	b.opt.Now = func() time.Time { return now }
	state := func() (string, string) {
		for _, c := range try(b.Doctor(b.ctx))(t) {
			if c.ID == "backups" {
				return c.State, c.Message
			}
		}
		return "", ""
	}
	if got, _ := state(); got != checkOK {
		t.Errorf("on the first day: %s", got)
	}
	now = now.Add(8 * 24 * time.Hour)
	if got, _ := state(); got != checkWarning {
		t.Errorf("after a week without one: %s", got)
	}
	try(b.Backup(b.ctx, ""))(t)
	if got, message := state(); got != checkOK || !strings.Contains(message, "1 backup") {
		t.Errorf("with one: %s %s", got, message)
	}
}
