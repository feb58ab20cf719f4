package cli

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"plumbline/app/owner"
	"plumbline/backend/workflow"
)

// TestMain lets the test binary be the program that reads a damaged database in a
// process of its own.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && (os.Args[1] == owner.ExamineCommand || os.Args[1] == owner.SalvageCommand) {
		os.Exit(Main(context.Background(), Env{Args: os.Args[1:], Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Getenv: os.Getenv}))
	}
	os.Exit(m.Run())
}

// elsewhere is a shell with a data folder of its own.
func (s *shell) elsewhere() *shell {
	return &shell{t: s.t, dir: s.dir, env: map[string]string{"PLUMBLINE_HOME": filepath.Join(s.t.TempDir(), "data")}}
}

func TestBackupAndRestore(t *testing.T) {
	s := newShell(t)
	s.run(0, "new", "Tide table", "--idea", "A tide table that works offline.")
	file := filepath.Join(s.dir, "all.zip")
	if got := s.run(0, "backup", file); !strings.Contains(got.out, file) {
		t.Errorf("said %q", got.out)
	}
	if got := s.run(1, "backup", file); !strings.Contains(got.err, "already a file") {
		t.Errorf("over a file: %q", got.err)
	}
	s.run(0, "backup")
	var list []workflow.Backup
	s.object(&list, "backup", "--list")
	if len(list) != 1 || list[0].Auto || list[0].Size == 0 {
		t.Errorf("the backups are %+v", list)
	}
	s.run(0, "new", "Later", "--idea", "Something that the backup does not know.")
	if got := s.run(0, "restore", file); !strings.Contains(got.out, "1 project") || !strings.Contains(got.out, "kept as") {
		t.Errorf("restored: %q", got.out)
	}
	var all []workflow.Overview
	s.object(&all, "list")
	if len(all) != 1 || all[0].Project.Name != "Tide table" {
		t.Errorf("there are %d projects", len(all))
	}
	if got := s.run(1, "restore", filepath.Join(s.dir, "none.zip")); !strings.Contains(got.err, "There is no file") {
		t.Errorf("no file: %q", got.err)
	}
}

func TestExportAndImport(t *testing.T) {
	s := newShell(t)
	s.run(0, "new", "Tide table", "--idea", "A tide table that works offline.")
	file := filepath.Join(s.dir, "tide.zip")
	s.run(0, "export", "tide", file)
	there := s.elsewhere()
	if got := there.run(0, "import", file); !strings.Contains(got.out, "“Tide table” is here as tide-table") {
		t.Errorf("imported: %q", got.out)
	}
	if got := there.run(0, "artifact", "show", "tide", "idea.md"); !strings.Contains(got.out, "works offline") {
		t.Errorf("the idea is %q", got.out)
	}
	if got := there.run(1, "import", file); !strings.Contains(got.err, "--new") {
		t.Errorf("once more: %q", got.err)
	}
	there.run(0, "import", file, "--new", "Twin")
	there.run(0, "verify", "--deep")
	there.run(0, "maintain")
}

func TestDamagedDataIsVerifiedAndRepaired(t *testing.T) {
	s := newShell(t)
	s.run(0, "new", "Tide table", "--idea", "A tide table that works offline.")
	if got := s.run(0, "verify"); !strings.Contains(got.out, "Database") || !strings.Contains(got.out, "History of Tide table") {
		t.Errorf("verified: %q", got.out)
	}
	if got := s.run(0, "repair"); !strings.Contains(got.out, "Nothing is damaged") {
		t.Errorf("nothing to repair: %q", got.out)
	}
	if got := s.run(1, "rebuild"); !strings.Contains(got.err, "repair") {
		t.Errorf("nothing to rebuild: %q", got.err)
	}
	database := filepath.Join(s.env["PLUMBLINE_HOME"], "plumbline.db")
	if err := os.Truncate(database, 100); err != nil {
		t.Fatal(err)
	}
	if got := s.run(1, "list"); !strings.Contains(got.err, "plumbline repair") {
		t.Errorf("a damaged database: %q", got.err)
	}
	if got := s.run(1, "verify"); !strings.Contains(got.out, "✗") || !strings.Contains(got.out, "plumbline.db") {
		t.Errorf("verified: %q", got.out)
	}
	if got := s.run(1, "repair"); !strings.Contains(got.out, "“Tide table” was rebuilt") || !strings.Contains(got.out, "kept as") ||
		!strings.Contains(got.out, "of the database could not be read") {
		t.Errorf("repaired: %q", got.out)
	}
	s.run(0, "verify", "--deep")
}

func TestLostDatabaseIsRebuilt(t *testing.T) {
	s := newShell(t)
	s.run(0, "new", "Tide table", "--idea", "A tide table that works offline.")
	if err := os.Remove(filepath.Join(s.env["PLUMBLINE_HOME"], "plumbline.db")); err != nil {
		t.Fatal(err)
	}
	if got := s.run(1, "list"); !strings.Contains(got.err, "plumbline rebuild") {
		t.Errorf("no database: %q", got.err)
	}
	s.run(0, "rebuild")
	if got := s.run(0, "artifact", "show", "tide", "idea.md"); !strings.Contains(got.out, "works offline") {
		t.Errorf("the idea is %q", got.out)
	}
}
