package prompt

import (
	"fmt"
	"io/fs"
	"reflect"
	"sync"
	"testing"
	"testing/fstest"
	"time"
)

// countingFS counts how often files are read whole.
type countingFS struct {
	fs.FS
	mu    *sync.Mutex
	reads map[string]int
}

func counting(files fs.FS) countingFS { return countingFS{files, &sync.Mutex{}, map[string]int{}} }

func (f countingFS) ReadFile(name string) ([]byte, error) {
	f.mu.Lock()
	f.reads[name]++
	f.mu.Unlock()
	return fs.ReadFile(f.FS, name)
}

func TestReloadReadsOnlyWhatHasChanged(t *testing.T) {
	old := time.Now().Add(-time.Hour)
	user := fstest.MapFS{}
	for _, id := range []string{"a", "b", "c"} {
		user["prompts/"+id+".md"] = titled(id, "Old", "")
		user["prompts/"+id+".md"].ModTime = old
	}
	counted := counting(user)
	lib := OpenLibrary(builtinFiles(), counted)
	lib.Prompts()
	if again := lib.Reload(); again != lib {
		t.Error("nothing has changed, and there is another library")
	}
	user["prompts/b.md"] = titled("b", "New", "")
	user["prompts/b.md"].ModTime = old.Add(time.Minute)
	delete(user, "prompts/c.md")
	user["prompts/d.md"] = titled("d", "New", "")
	again := lib.Reload()
	if again == lib {
		t.Fatal("files have changed, and the library is the same")
	}
	titles := map[string]string{}
	for _, p := range again.Prompts() {
		titles[p.ID] = p.Title
	}
	if want := map[string]string{"a": "Old", "b": "New", "d": "New", "spec": "Built-in", "request": "Built-in"}; !reflect.DeepEqual(titles, want) {
		t.Errorf("after the change the prompts are %v, want %v", titles, want)
	}
	want := map[string]int{"prompts/a.md": 1, "prompts/b.md": 2, "prompts/c.md": 1, "prompts/d.md": 1}
	if !reflect.DeepEqual(counted.reads, want) {
		t.Errorf("files were read %v, want %v", counted.reads, want)
	}
	if p, _ := lib.Prompt("b"); p.Title != "Old" {
		t.Error("the library from before has changed")
	}
}

// Within the grain of the file system's clock a change does not show in size and time.
func TestReloadDoesNotTrustAFileThatIsYoung(t *testing.T) {
	now := time.Now()
	user := fstest.MapFS{"prompts/a.md": titled("a", "One", "")}
	user["prompts/a.md"].ModTime = now
	lib := OpenLibrary(builtinFiles(), user)
	lib.Prompts()
	user["prompts/a.md"] = titled("a", "Two", "")
	user["prompts/a.md"].ModTime = now
	if p, _ := lib.Reload().Prompt("a"); p.Title != "Two" {
		t.Errorf("the title is %q, want that of the file as it is now", p.Title)
	}
}

func TestOneOfYoursIsFoundWithoutReadingTheOthers(t *testing.T) {
	user := fstest.MapFS{}
	for i := range 50 {
		user[fmt.Sprintf("prompts/p%d.md", i)] = titled(fmt.Sprintf("p%d", i), "T", "")
	}
	builtin, own := counting(builtinFiles()), counting(user)
	lib := OpenLibrary(builtin, own)
	for _, id := range []string{"p7", "spec", "nothing"} {
		lib.Prompt(id)
	}
	lib.Checklist("ready")
	if want := map[string]int{"prompts/p7.md": 1}; !reflect.DeepEqual(own.reads, want) {
		t.Errorf("of the user's files %v were read, want %v", own.reads, want)
	}
	if want := map[string]int{"library/spec.md": 1, "checklists/ready.md": 1}; !reflect.DeepEqual(builtin.reads, want) {
		t.Errorf("of the built-in files %v were read, want %v", builtin.reads, want)
	}
}
