package cli

import (
	"context"
	"encoding/json"
	"os"
	"runtime"
	"strings"
	"testing"

	"plumbline/app/owner"
	"plumbline/backend/workflow"
)

const requestText = `# Request: Tide table

## Overview
- **Name**: Tide table
- **Description**: Says when the next high water is. Works offline.
- **Audience**: Sailors who plan a day trip.

## Features
### Tides
- [ ] See the next high water
- [ ] See the next low water

## Design
No wishes.

## Notes
- None.

## Questions
None.

## Acceptance checklist
- [ ] The audience is named.
- [ ] Each feature can be checked.
- [ ] Nothing can be read in two ways.
- [ ] What is out of scope is said.
`

const idea = "An almanac that says when the next high water is, without a network."

func TestUsageErrorsExitWith2(t *testing.T) {
	s := newShell(t)
	for _, args := range [][]string{
		{"fly"}, {"new"}, {"gate"}, {"status", "--loud"}, {"run", "p", "request", "--copy", "--paste", "-"},
		{"set", "p", "request", "novalue"}, {"run", "p", "request", "--anyway"}, {"waive", "p", "request"},
		{"accept", "p", "request", "--section", "1", "--edit", "x"}, {"artifact"},
	} {
		got := s.try("", args...)
		if got.code != exitUsage || !strings.HasPrefix(got.err, "error: ") || !strings.Contains(got.err, "hint: ") {
			t.Errorf("%q: exit %d\n%s", args, got.code, got.err)
		}
	}
	if _, err := os.Stat(s.env["PLUMBLINE_HOME"]); !os.IsNotExist(err) {
		t.Errorf("a wrong command line has touched the data folder: %v", err)
	}
}

func TestHelp(t *testing.T) {
	s := newShell(t)
	all := s.run(0, "help").out
	for _, want := range []string{"Projects", "Gates", "still-valid", "book-club"} {
		if !strings.Contains(all, want) {
			t.Errorf("help lacks %q:\n%s", want, all)
		}
	}
	for _, args := range [][]string{{"help", "accept"}, {"accept", "--help"}} {
		if got := s.run(0, args...).out; !strings.Contains(got, "--section") || !strings.Contains(got, "Examples:") {
			t.Errorf("%q:\n%s", args, got)
		}
	}
	if got := s.run(0, "version").out; got != "plumbline test\n" {
		t.Errorf("version %q", got)
	}
}

func TestEveryCommandHasHelp(t *testing.T) {
	var root commands
	parser, err := newParser(&root, Env{Stdout: &lockedBuffer{}, Stderr: &lockedBuffer{}}, nil, func(int) {})
	if err != nil {
		t.Fatal(err)
	}
	for _, leaf := range parser.Model.Leaves(false) {
		if leaf.Help == "" || !strings.HasSuffix(leaf.Help, ".") || len(leaf.Help) > 72 {
			t.Errorf("%s has the help %q", leaf.Path(), leaf.Help)
		}
		for _, p := range leaf.Positional {
			if p.Help == "" {
				t.Errorf("%s has no help for %s", leaf.Path(), p.Name)
			}
		}
		for _, f := range leaf.Flags {
			if f.Help == "" {
				t.Errorf("%s has no help for --%s", leaf.Path(), f.Name)
			}
		}
	}
}

func TestErrorsAreForPeopleOrPrograms(t *testing.T) {
	s := newShell(t)
	got := s.run(exitFailed, "status", "nobody")
	if !strings.HasPrefix(got.err, "error: ") || got.out != "" {
		t.Errorf("out %q, err %q", got.out, got.err)
	}
	var e workflow.Error
	got = s.run(exitFailed, "status", "nobody", "--json")
	if err := json.Unmarshal([]byte(got.err), &e); err != nil || e.Code != workflow.NotFound || got.out != "" {
		t.Errorf("out %q, err %q: %v", got.out, got.err, err)
	}
	got = s.run(exitUsage, "--json", "gate")
	if err := json.Unmarshal([]byte(got.err), &e); err != nil || e.Code != workflow.Invalid {
		t.Errorf("err %q: %v", got.err, err)
	}
}

func TestTextOfOthersCannotSteerTheTerminal(t *testing.T) {
	for in, want := range map[string]string{
		"a\x1b[2Jb":      "a[2Jb",
		"tab\tand\nline": "tab\tand\nline",
		"\u202eevil\a":   "evil",
		"späť ✓":         "späť ✓",
	} {
		if got := clean(in); got != want {
			t.Errorf("clean(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestOutputThatCannotBeWrittenFails(t *testing.T) {
	s := newShell(t)
	var errs lockedBuffer
	code := Main(t.Context(), Env{Args: []string{"version"}, Stdout: brokenWriter{}, Stderr: &errs,
		Getenv: func(key string) string { return s.env[key] }, Version: "test"})
	if code != exitFailed {
		t.Errorf("exit %d", code)
	}
}

func TestProjectFromIdeaToPassedGate(t *testing.T) {
	s := newShell(t)
	s.run(0, "new", "Tide table", "--idea", idea)
	var all []workflow.Overview
	s.object(&all, "list")
	if len(all) != 1 || all[0].Project.Slug != "tide-table" || all[0].Current != "request" {
		t.Fatalf("list %+v", all)
	}
	if got := s.run(0, "prompt", "phase", "tide", "request"); !strings.Contains(got.out, idea) || !strings.Contains(got.err, "tokens") {
		t.Errorf("prompt %q %q", got.out, got.err)
	}
	var gate workflow.Gate
	if got := s.run(exitClosed, "gate", "tide", "--json"); json.Unmarshal([]byte(got.out), &gate) != nil || gate.Open {
		t.Errorf("gate %q", got.out)
	}
	copied := s.run(0, "run", "tide", "request", "--copy")
	if !strings.Contains(copied.out, idea) || !strings.Contains(copied.err, "--paste") {
		t.Errorf("copy %q %q", copied.out, copied.err)
	}
	pasted := s.try(requestText, "run", "tide", "request", "--paste", "-", "--model", "somewhere")
	if pasted.code != 0 || !strings.Contains(pasted.err, "plumbline accept tide-table request") {
		t.Fatalf("paste: exit %d\n%s%s", pasted.code, pasted.out, pasted.err)
	}
	if got := s.run(0, "review", "tide", "request").out; !strings.Contains(got, "+ - **Name**: Tide table") {
		t.Errorf("review\n%s", got)
	}
	s.run(0, "accept", "tide", "request")
	s.run(0, "tick", "tide", "preflight", "1", "2", "3", "4", "5")
	s.run(exitFailed, "waive-box", "tide", "preflight", "6", "--reason", "too short")
	s.run(0, "waive-box", "tide", "preflight", "6", "--reason", "There is nobody to read alerts yet.")
	s.run(exitClosed, "pass", "tide", "request")
	boxes := s.run(0, "tick", "tide", "request").out
	if !strings.Contains(boxes, "3 [ ] The audience is named.") {
		t.Errorf("boxes\n%s", boxes)
	}
	s.run(0, "tick", "tide", "request.md", "the audience", "Each feature", "5", "6")
	s.run(0, "untick", "tide", "request.md", "6")
	s.run(exitClosed, "gate", "tide", "request")
	s.run(0, "tick", "tide", "request.md", "6")
	s.run(0, "gate", "tide")
	s.run(0, "pass", "tide", "request")
	if got := s.run(0, "status", "tide").out; !strings.Contains(got, "✓ request") || !strings.Contains(got, "✓ preflight") {
		t.Errorf("status\n%s", got)
	}
	s.run(0, "gate", "tide", "request")
	s.run(0, "reopen", "tide", "request", "--reason", "The audience has to be widened first.")
	s.run(0, "untick", "tide", "request.md", "6")
	s.run(0, "waive", "tide", "request", "--reason", "What is out of scope is agreed by word of mouth.")
	if got := s.run(0, "status", "tide").out; !strings.Contains(got, "▬ request") {
		t.Errorf("status\n%s", got)
	}
}

func TestDoctorOfDataThatCannotBeOpened(t *testing.T) {
	s := newShell(t)
	if err := os.WriteFile(s.env["PLUMBLINE_HOME"], []byte("a file, not a folder"), 0o600); err != nil {
		t.Fatal(err)
	}
	got := s.run(exitFailed, "doctor", "--json")
	var checks []workflow.Check
	if err := json.Unmarshal([]byte(got.out), &checks); err != nil || got.err != "" {
		t.Fatalf("%v\n%s%s", err, got.out, got.err)
	}
	if len(checks) < 2 || checks[0].State != "failed" || checks[0].Hint == "" || !strings.Contains(checks[0].Message, s.env["PLUMBLINE_HOME"]) {
		t.Errorf("%+v", checks)
	}
}

func TestAFileThatCannotBeReadIsNamedOnce(t *testing.T) {
	s := newShell(t)
	for name, why := range map[string]string{"missing.md": "no such file or directory", s.dir: "is a directory"} {
		if got := s.run(exitFailed, "render", name).err; runtime.GOOS != "windows" && got != "error: "+name+" cannot be read: "+why+".\n" {
			t.Errorf("%s", got)
		}
	}
	if got := s.run(exitFailed, "answer", "nosuch").err; got != "error: There is no run with the id “nosuch”.\nhint: “plumbline runs PROJECT” lists them.\n" {
		t.Errorf("%s", got)
	}
}

func TestArtifacts(t *testing.T) {
	s := newShell(t)
	s.run(0, "new", "Tide table", "--idea", idea)
	one, two := s.file("1.md", "# One\n\nfirst\n"), s.file("2.md", "# One\n\nsecond\n")
	s.run(0, "artifact", "save", "tide", "request.md", one, "-m", "Begin")
	s.run(0, "artifact", "save", "tide", "request.md", two)
	if got := s.run(0, "artifact", "save", "tide", "request.md", two).out; got != "request.md is v2 as before. Nothing in it has changed.\n" {
		t.Errorf("saving it again: %q", got)
	}
	s.run(exitFailed, "artifact", "save", "tide", "request.md", one, "--base", "1")
	if got := s.run(0, "artifact", "show", "tide", "request").out; got != "# One\n\nsecond\n" {
		t.Errorf("show %q", got)
	}
	if got := s.run(0, "artifact", "show", "tide", "request", "--version", "1", "--html").out; !strings.Contains(got, "<p") {
		t.Errorf("show --html %q", got)
	}
	if got := s.run(0, "artifact", "diff", "tide", "request.md").out; !strings.Contains(got, "- first\n+ second\n") {
		t.Errorf("diff\n%s", got)
	}
	s.run(0, "artifact", "restore", "tide", "request.md", "--version", "1")
	var log workflow.Log
	s.object(&log, "artifact", "log", "tide", "request.md")
	if len(log.Lines) != 3 || log.Lines[0].Versions[0].Hash != log.Lines[2].Versions[0].Hash || log.Lines[2].Versions[0].Message != "Begin" {
		t.Errorf("log %+v", log)
	}
	if got := s.run(0, "artifact", "list", "tide").out; !strings.Contains(got, "request.md") {
		t.Errorf("list\n%s", got)
	}
}

func TestVariablesAreSetOneByOne(t *testing.T) {
	s := newShell(t)
	s.run(0, "new", "Tide table", "--idea", idea)
	var before workflow.PromptText
	s.object(&before, "prompt", "phase", "tide", "request")
	var free []string
	for _, v := range before.Prompt.Variables {
		if v.Variable.Type == workflow.VarLongText || v.Variable.Type == workflow.VarText {
			free = append(free, v.Variable.Name)
		}
	}
	if len(free) < 2 {
		t.Skipf("the prompt has only the free variables %q", free)
	}
	file := s.file("value.txt", "from a file")
	s.run(0, "set", "tide", "request", free[0]+"=by hand")
	s.run(0, "set", "tide", "request", free[1]+"=@"+file)
	var after workflow.PromptText
	s.object(&after, "prompt", "phase", "tide", "request")
	if !strings.Contains(after.Text, "by hand") || !strings.Contains(after.Text, "from a file") {
		t.Errorf("the prompt lacks a value:\n%s", after.Text)
	}
}

func TestSettings(t *testing.T) {
	s := newShell(t)
	s.run(0, "settings", "theme", "dark")
	var all workflow.Settings
	s.object(&all, "settings")
	if all.Theme != "dark" {
		t.Errorf("settings %+v", all)
	}
	s.run(exitFailed, "settings", "theme", "pink")
	s.run(exitFailed, "settings", "nothing")
	if got := s.run(0, "settings", "theme").out; !strings.Contains(got, `"dark"`) || strings.Contains(got, "textSize") {
		t.Errorf("one setting\n%s", got)
	}
}

func TestRenderOpensNoData(t *testing.T) {
	s := newShell(t)
	got := s.try("# Title\n\n<script>x</script>\n", "render", "-")
	if got.code != 0 || !strings.Contains(got.out, "<h1") || strings.Contains(got.out, "<script") {
		t.Errorf("exit %d: %s%s", got.code, got.out, got.err)
	}
	if _, err := os.Stat(s.env["PLUMBLINE_HOME"]); !os.IsNotExist(err) {
		t.Errorf("the data folder: %v", err)
	}
}

func TestModelsAndDoctor(t *testing.T) {
	s := newShell(t)
	s.run(0, "settings", "ollamaUrl", "http://127.0.0.1:9")
	if got := s.run(0, "models"); !strings.Contains(got.out, "not answering") {
		t.Errorf("models %q", got.out)
	}
	s.withModel(&fakeOllama{})
	if got := s.run(0, "models", "--refresh"); !strings.Contains(got.out, "tiny:latest") {
		t.Errorf("models %q", got.out)
	}
	if got := s.run(0, "doctor"); !strings.Contains(got.out, "Data folder") {
		t.Errorf("doctor %q", got.out)
	}
}

func TestServeLetsInWhoHasTheLink(t *testing.T) {
	s := newShell(t)
	ctx, interrupt := context.WithCancel(t.Context())
	out, errs := lockedBuffer{wrote: make(chan struct{}, 1)}, lockedBuffer{}
	ended := make(chan result)
	go func() { ended <- s.start(ctx, "", &out, &errs, "serve", "--json") }()
	out.await(t, "}")
	var first, second link
	if err := json.Unmarshal([]byte(out.String()), &first); err != nil {
		t.Fatal(err)
	}
	s.object(&second, "serve")
	for _, l := range []link{first, second} {
		if status, body := visit(t, l.URL); status != 200 || !strings.Contains(body, "<title>Plumbline") {
			t.Errorf("%s: %d %s", l.URL, status, body)
		}
		if status, _ := visit(t, l.URL); status != 401 {
			t.Errorf("%s a second time: %d", l.URL, status)
		}
	}
	if got := s.run(0, "serve", "--port", "1"); strings.Contains(got.err, "Ctrl C") || !strings.Contains(got.err, "1 is not used") {
		t.Errorf("a second serve: %s", got.err)
	}
	s.run(0, "new", "Tide table", "--idea", idea) // goes through the private door
	interrupt()
	if got := <-ended; got.code != 0 {
		t.Errorf("serve: exit %d\n%s", got.code, got.err)
	}
	if _, err := owner.Dial(t.Context(), s.env["PLUMBLINE_HOME"]); err == nil {
		t.Error("the door is still open")
	}
	var all []workflow.Overview
	s.object(&all, "list")
	if len(all) != 1 {
		t.Errorf("after serve there are %d projects", len(all))
	}
}

func TestServeInABrowserOpensTheDataAgain(t *testing.T) {
	s := newShell(t)
	t.Setenv("PATH", "") // no browser is started
	home := s.env["PLUMBLINE_HOME"]
	if err := os.WriteFile(home, []byte("a file, not a folder"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := s.try("", "serve"); got.code != exitFailed || !strings.Contains(got.err, home) {
		t.Errorf("serve without a browser: exit %d\n%s", got.code, got.err)
	}
	ctx, interrupt := context.WithCancel(t.Context())
	out, errs := lockedBuffer{wrote: make(chan struct{}, 1)}, lockedBuffer{}
	ended := make(chan result)
	go func() { ended <- s.start(ctx, "", &out, &errs, "serve", "--open", "--json") }()
	out.await(t, "}")
	var l link
	if err := json.Unmarshal([]byte(out.String()), &l); err != nil {
		t.Fatal(err)
	}
	page := signIn(t, l.URL)
	for _, method := range []string{"Info", "Retry"} {
		if status, body := page("App/" + method); status != 503 || !strings.Contains(body, home) {
			t.Errorf("%s: %d %s", method, status, body)
		}
	}
	if err := os.Remove(home); err != nil {
		t.Fatal(err)
	}
	if status, body := page("App/Retry"); status != 200 {
		t.Errorf("the folder is free: %d %s", status, body)
	}
	s.run(0, "new", "Tide table", "--idea", idea) // goes through the private door
	interrupt()
	if got := <-ended; got.code != 0 {
		t.Errorf("serve: exit %d\n%s", got.code, got.err)
	}
	var all []workflow.Overview
	s.object(&all, "list") // the lock was given back
	if len(all) != 1 {
		t.Errorf("after serve there are %d projects", len(all))
	}
}
