package edit

import (
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"plumbline/backend/workflow"
)

func TestCheckPathLetsOrdinaryNamesThrough(t *testing.T) {
	for _, path := range []string{
		"main.go", "src/main.go", ".gitignore", ".gitattributes", ".github/workflows/ci.yml", "a/.gitkeep", "git/x", "git~/x", "git~a",
		"app/[id]/page.tsx", "app/[...slug]/(group)/page.tsx", "docs/..notes.md", "docs/...rest.ts", "a b/c d.txt", "-rf", "~x", "a/~/b",
		"straße/日本語.md", "été.md", "%2e%2e/x", "$HOME/x", "{{x}}.md", "a;b.txt", "100%.txt",
		"auxiliary.go", "console.log", "com10", "comx", "lpt", "nullable.ts", "con1.txt",
		strings.Repeat("n", maxName), strings.Repeat("abc/", 200) + "x",
	} {
		if err := CheckPath(path); err != nil {
			t.Errorf("CheckPath(%q) = %v", path, err)
		}
	}
}

func TestCheckPathRefuses(t *testing.T) {
	for name, paths := range map[string][]string{
		"is empty":                  {""},
		"is absolute":               {"/", "/etc/passwd", "//server/share"},
		"home folder":               {"~", "~/.bashrc"},
		"could lead outside":        {"..", ".", "../x", "a/../../x", "a/./b", "x/..", "foo/../../bar"},
		"empty name":                {"a//b", "a/", "a/b//"},
		"backslash":                 {`a\b`, `..\x`, `\\server\x`, `C:\x`},
		"colon":                     {"c:x", "C:/x", "file.txt::$DATA", "a/b:c", "file:///etc/passwd", "nul : a"},
		"git keeps its own":         {".git", ".git/config", ".GIT/x", "a/.Git/hooks/pre-commit", "git~1", "a/GIT~1/config", "git~12"},
		"ends with a dot or a":      {".git./config", ".git ", "a.", "a..", "a ", "nul.", ".. /x", "a\u00a0"},
		"begins with a space":       {" a", "b/ a"},
		"invisible":                 {".g\u200cit/config", ".git\u200b/config", "\ufeff.git/x", ".\u00ad./x", "a\u202eb", "a\ufe0f", "\U000e0041x"},
		"control character":         {"a\x00", "..\x00/x", "a\nb", "a\tb", "a\x7fb", "a\x1bb", "\u2028.txt", "a\u0085"},
		"is a device":               {"NUL", "con", "CON.txt", "nul.tar.gz", "src/aux.h", "COM1.log/x", "com¹", "lpt³", "LPT9", "com0", "CONIN$", "aux .c"},
		"does not allow":            {"a<b", "a>b", `a"b`, "a|b", "a?b", "*"},
		"not valid UTF-8":           {"a\xff", "\xc0\xae\xc0\xae/x"},
		"looks like a slash":        {"..／x", ".git∕config", "a＼b"},
		"without a meaning":         {"a\ufffd", "\ue000"},
		"longer than 255 bytes":     {strings.Repeat("n", maxName+1), "a/" + strings.Repeat("é", 128)},
		"is longer than 1000 bytes": {strings.Repeat("abc/", 250) + "x"},
	} {
		for _, path := range paths {
			err := CheckPath(path)
			if err == nil {
				t.Errorf("CheckPath(%q) = nil, want “%s”", path, name)
				continue
			}
			if workflow.CodeOf(err) != workflow.Invalid || !strings.Contains(err.Error(), name) {
				t.Errorf("CheckPath(%q) = %s %q, want “%s”", path, workflow.CodeOf(err), err, name)
			}
		}
	}
}

func TestCheckPathNamesThePathSafely(t *testing.T) {
	err := CheckPath("a\x1b[31m\u202eb/" + strings.Repeat("long/", 300))
	if err == nil {
		t.Fatal("a path with control characters was let through")
	}
	message := err.Error()
	if !strings.Contains(message, `a\x1b[31m\u202eb/long`) || strings.ContainsAny(message, "\x1b\u202e") || len(message) > 300 {
		t.Errorf("message = %q", message)
	}
}

func FuzzCheckPath(f *testing.F) {
	for _, seed := range []string{"src/main.go", "../x", ".git/config", "a\x00b", "nul.txt", "a//b", "é/\u200b", "C:\\x", "git~1"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, path string) {
		err := CheckPath(path)
		if err != nil {
			if workflow.CodeOf(err) != workflow.Invalid || !utf8.ValidString(err.Error()) {
				t.Fatalf("CheckPath(%q) = %#v", path, err)
			}
			return
		}
		if !filepath.IsLocal(filepath.FromSlash(path)) || filepath.ToSlash(filepath.Clean(path)) != path {
			t.Fatalf("CheckPath let %q through, which is not local or not clean", path)
		}
		folded := strings.ToLower(path)
		for _, name := range strings.Split(folded, "/") {
			if strings.TrimRight(name, ". ") == ".git" || name == "git~1" {
				t.Fatalf("CheckPath let %q through, which leads into .git", path)
			}
		}
	})
}
