package engine

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"plumbline/backend/workflow"
)

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

func TestBackupsOfOneSecondStandBesideEachOther(t *testing.T) {
	b, _ := lived(t)
	now := b.opt.Now()
	b.opt.Now = func() time.Time { return now }
	want := []string{}
	for range 3 {
		want = append(want, try(b.Backup(b.ctx, ""))(t).Path)
	}
	got := []string{}
	for _, one := range try(b.Backups(b.ctx))(t) {
		if one.Auto || !one.At.Equal(now.UTC().Truncate(time.Second)) {
			t.Errorf("it is listed as %+v", one)
		}
		got = append(got, one.Path)
	}
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(got, want) || len(slices.Compact(got)) != 3 {
		t.Errorf("there are %v, want %v", got, want)
	}
}

func TestHalfBackupsAreRemovedWithTheNext(t *testing.T) {
	b, _ := lived(t)
	folder := filepath.Join(b.dir, "backups")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"auto-20260101T000000Z.zip.part", "plumbline-20260101T000000Z.zip.part", "mine.zip.part"} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte("half"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	backup := try(b.Backup(b.ctx, ""))(t)
	left, err := filepath.Glob(filepath.Join(folder, "*"))
	if want := []string{filepath.Join(folder, "mine.zip.part"), backup.Path}; err != nil || !slices.Equal(left, want) {
		t.Errorf("there are %v, want %v", left, want)
	}
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
	try(b.SetSetting(b.ctx, "dailyBackups", "2"))(t)
	try(b.SetSetting(b.ctx, "weeklyBackups", "0"))(t)
	for day := range 4 {
		b.pass(25 * time.Hour)
		try(b.Save(b.ctx, p.ID, workflow.SaveDocument{Path: "spec.md", Base: day + 1, Body: fmt.Sprint("# Day ", day, "\n")}))(t)
		for range 2 {
			if err := b.care.backUp(b.ctx); err != nil {
				t.Fatal(err)
			}
		}
	}
	list := try(b.Backups(b.ctx))(t)
	if len(list) != 2 || !list[0].Auto || b.time().Sub(list[0].At) > time.Minute {
		t.Errorf("kept are %+v", list)
	}
	try(b.SetSetting(b.ctx, "dailyBackups", "0"))(t)
	b.pass(50 * time.Hour)
	try(b.Save(b.ctx, p.ID, workflow.SaveDocument{Path: "spec.md", Base: 5, Body: "# More\n"}))(t)
	if err := b.care.backUp(b.ctx); err != nil || len(try(b.Backups(b.ctx))(t)) != 2 {
		t.Errorf("a backup although none is wanted: %v", err)
	}
}

func TestDoctorMissesABackup(t *testing.T) {
	b, _ := lived(t)
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
	b.pass(8 * 24 * time.Hour)
	if got, _ := state(); got != checkWarning {
		t.Errorf("after a week without one: %s", got)
	}
	try(b.Backup(b.ctx, ""))(t)
	if got, message := state(); got != checkOK || !strings.Contains(message, "1 backup") {
		t.Errorf("with one: %s %s", got, message)
	}
}
