package foreign

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"plumbline/backend/workflow"
)

// packed is a zip archive of files in the order given: name, content, name, content …
func packed(t testing.TB, files ...string) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for i := 0; i < len(files); i += 2 {
		w, err := z.Create(files[i])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(files[i+1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// told is the problems as “file:line: message”.
func told(i Import) []string {
	all := []string{}
	for _, p := range i.Problems {
		all = append(all, fmt.Sprintf("%s:%d: %s", p.File, p.Line, p.Message))
	}
	return all
}

func ids(i Import) string {
	all := []string{}
	for _, f := range i.Prompts {
		all = append(all, f.ID)
	}
	return strings.Join(all, " ")
}

func TestOneBadFileDoesNotStopTheRest(t *testing.T) {
	i := read(t, map[string]string{
		"a.md": "Fine.\n", "bad-utf8.md": "one\ntwo \xff\n", "big.md": strings.Repeat("a", 5<<20), "own.md": "---\nid: own\ntitle: T\nsummary: S\nwhat: no\n---\nText {{x}}\n",
		"open.md": "---\nid: open\ntitle: T\nsummary: S\n---\nText {{x}}\n", "empty.prompt.md": "---\ndescription: Empty.\n---\n\n", "none.yaml": "prompt: \"\"\n", "z.md": "Also fine.\n",
	})
	if ids(i) != "a z" {
		t.Errorf("there came in %q", ids(i))
	}
	want := []string{
		"bad-utf8.md:2: The text is not UTF-8.",
		"big.md:0: The file is larger than 1 MB.",
		"empty.prompt.md:4: The prompt has no text.",
		"none.yaml:0: It has neither a prompt nor a system prompt.",
		"open.md:6: The variable “x” is not declared; it is expected under “variables”.",
	}
	got := told(i)
	if len(got) != 6 || !begins(got, want) || !begins(got, []string{"own.md:5: “what” is not a key of a prompt"}) {
		t.Errorf("told is\n%s", strings.Join(got, "\n"))
	}
}

func TestArchivesCannotReachOutside(t *testing.T) {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, name := range []string{
		"../up.md", "/etc/root.md", `C:\drive.md`, `a\..\..\back.md`, "a/../../b.md", "bad\x00.md", "bad\xff.md", "a//b.md",
		"fine/ok.md", "fine/OK.md", "fine/ok.md", `win\dir\w.md`, ".git/hooks.md", "__MACOSX/x.md",
	} {
		w, err := z.CreateHeader(&zip.FileHeader{Name: name, NonUTF8: true, Method: zip.Deflate})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte("Text of " + fmt.Sprintf("%q", name) + ".\n")); err != nil {
			t.Fatal(err)
		}
	}
	link := &zip.FileHeader{Name: "link.md"}
	link.SetMode(fs.ModeSymlink | 0o777)
	w, err := z.CreateHeader(link)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte("/etc/passwd")); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	i, err := ReadFile("x.zip", out.Bytes(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if ids(i) != "ok w" {
		t.Errorf("there came in %q", ids(i))
	}
	want := []string{
		"../up.md:0: It is a path outside the folder; nothing is read from there.", "/etc/root.md:0: It is a path outside", `C:\drive.md:0: It is a path outside`,
		`a\..\..\back.md:0: It is a path outside`, "a/../../b.md:0: It is a path outside", "bad�.md:0: The name has characters", "bad�.md:0: The name is not UTF-8.",
		"a//b.md:0: It is no path", "fine/ok.md:0: The name differs only in capitals from fine/OK.md", "link.md:0: It is a link, and links are not followed.",
	}
	if got := told(i); !begins(got, want) || len(got) != len(want)+1 {
		t.Errorf("told is\n%s", strings.Join(got, "\n"))
	}
}

func TestBombsAreBounded(t *testing.T) {
	bomb := packed(t, "a.md", "Fine.\n", "bomb.md", strings.Repeat("\x00", 4<<20))
	i, err := ReadFile("bomb.zip", bomb, Options{})
	if err != nil || ids(i) != "a" || !begins(told(i), []string{"bomb.md:0: The file is larger than 1 MB."}) {
		t.Errorf("came in %q, told %q, %v", ids(i), told(i), err)
	}
	ten := []string{}
	for n := range 10 {
		ten = append(ten, fmt.Sprintf("f%d.md", n), "ten bytes\n")
	}
	for name, small := range map[string]func(*folder){
		"99 bytes of text": func(f *folder) { f.room = 99 }, "9 files": func(f *folder) { f.places = 9 },
	} {
		f, data := newFolder(), packed(t, ten...)
		small(f)
		if err := f.unzip("ten.zip", bytes.NewReader(data), int64(len(data))); workflow.CodeOf(err) != workflow.Limit {
			t.Errorf("room for %s: %v", name, err)
		}
	}
	whole := packed(t, "a.md", strings.Repeat("text that is longer\n", 100))
	broken := slices.Clone(whole)
	copy(broken[40:60], "####################")
	if i, err := ReadFile("x.zip", broken, Options{}); err == nil && (len(i.Prompts) > 0 || len(i.Problems) != 1) {
		t.Errorf("a damaged archive gives %q and %q", ids(i), told(i))
	}
	if _, err := ReadFile("x.zip", whole[:len(whole)/2], Options{}); workflow.CodeOf(err) != workflow.Invalid {
		t.Errorf("half an archive: %v", err)
	}
}

func TestLinksOfFoldersAreNotFollowed(t *testing.T) {
	dir, outside := t.TempDir(), t.TempDir()
	if err := os.WriteFile(filepath.Join(outside, "secret.md"), []byte("Secret."), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "a.md"), []byte("Fine."), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, target := range map[string]string{"dir": outside, "file.md": filepath.Join(outside, "secret.md"), "loop": dir} {
		if err := os.Symlink(target, filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	i, err := Read(os.DirFS(dir), Options{})
	if err != nil || ids(i) != "a" || len(i.Problems) != 3 || !begins(told(i), []string{"dir:0: It is a link", "file.md:0: It is a link", "loop:0: It is a link"}) {
		t.Errorf("came in %q, told %q, %v", ids(i), told(i), err)
	}
	if _, err := Read(os.DirFS(filepath.Join(dir, "gone")), Options{}); workflow.CodeOf(err) != workflow.Unavailable {
		t.Errorf("a folder that is not there: %v", err)
	}
}

func TestHostileFrontMatterStaysText(t *testing.T) {
	laughs := "a: &a [x,x,x,x,x,x,x,x,x]\n"
	for c := 'b'; c <= 'k'; c++ {
		laughs += fmt.Sprintf("%c: &%c [*%c,*%c,*%c,*%c,*%c,*%c,*%c,*%c,*%c]\n", c, c, c-1, c-1, c-1, c-1, c-1, c-1, c-1, c-1, c-1)
	}
	for name, front := range map[string]string{
		"aliases": laughs, "deep": "x: " + strings.Repeat("[", 5000) + "\n", "merge": "<<: *x\nname: b\n", "tags": "x: !!python/object:os.system ls\n",
		"not YAML": "x: [a] [b]\ny: {{z}}\n\t- q\n: :\n", "quotes": "x: \"unclosed\ny: 'it\n", "extra": "extra:\n  id: other\nid: c\n",
	} {
		f := single(t, "s/SKILL.md", "---\n"+front+"description: Does it.\n---\nText.\n")
		if f.Prompt.Body != "Text." || f.Prompt.ID == "other" || !strings.Contains(f.Prompt.Extra, strings.TrimSpace(strings.SplitAfter(front, "\n")[0])) && name != "merge" {
			t.Errorf("%s: %+v", name, f.Prompt)
		}
		if name != "quotes" && f.Prompt.Summary != "Does it." {
			t.Errorf("%s: the summary is %q", name, f.Prompt.Summary)
		}
	}
}

func TestWhatIsNoPromptIsSkipped(t *testing.T) {
	i := read(t, map[string]string{
		"workflows/w.md": "---\nid: w\ntitle: W\nsummary: S\nphases: []\n---\n", "personas/p.md": "---\nid: p\ntitle: P\nsummary: S\n---\nLooks.\n",
		"packs/p.md": "---\nid: p\ntitle: P\nsummary: S\nfeature: f\n---\n", "README.md": "# Hi\n", "AGENTS.md": "x", "agents.md": "Write agents.\n", "empty.md": " \n",
		"a.yaml": "key: value\n", "b.yml": "prompt: x\nother: y\n", "pic.png": "x", "node_modules/x/a.md": "x", ".git/a.md": "x",
	})
	want := []string{
		"AGENTS.md It is about the folder.", "README.md It is about the folder.", "a.yaml It is YAML without a prompt.", "b.yml It is YAML without a prompt.",
		"empty.md It is empty.", "packs/p.md It is a domain pack.", "personas/p.md It is a persona.", "workflows/w.md It is a workflow.",
	}
	got := []string{}
	for _, s := range i.Skipped {
		got = append(got, s.File+" "+s.Why)
	}
	if !slices.Equal(got, want) || len(i.Prompts) > 0 {
		t.Errorf("came in %q, skipped\n%s", ids(i), strings.Join(got, "\n"))
	}
	if told(i)[0] != "agents.md:0: The name differs only in capitals from AGENTS.md." {
		t.Errorf("told is %q", told(i))
	}
	if f := single(t, "README.md", "Sum up {{text}}.\n"); f.Prompt.Body != "Sum up {{text}}." {
		t.Errorf("a file chosen alone is %q", f.Prompt.Body)
	}
}

func TestDroppedFilesAreReadTogether(t *testing.T) {
	i, err := ReadFiles([]File{
		{"s/SKILL.md", []byte("---\nname: s\ndescription: d\n---\nDo.\n")}, {"s\\x.py", nil}, {"../o.md", []byte("x")}, {"a.md", []byte("Hi.\n")},
	}, Options{})
	if err != nil || ids(i) != "a s" || len(i.Prompts[1].Bundled) != 1 || !begins(told(i), []string{"../o.md:0: It is a path outside"}) {
		t.Errorf("came in %q, told %q, %v", ids(i), told(i), err)
	}
	p := i.Preview()
	if len(p.Items) != 2 || len(p.Problems) != 1 || p.Items[0].Path != "prompts/a.md" {
		t.Errorf("the preview is %+v", p)
	}
}

func TestTooManyPlaceholdersStayText(t *testing.T) {
	var text strings.Builder
	for n := range 1000 {
		fmt.Fprintf(&text, "{{v%d}} ", n)
	}
	f := single(t, "x.md", text.String())
	if len(f.Variables) != maxVariables || !strings.Contains(strings.Join(f.Dropped, " "), "first 200") || !strings.HasSuffix(f.Prompt.Body, `\{{v999}}`) {
		t.Errorf("%d variables, told %q", len(f.Variables), f.Dropped)
	}
}
