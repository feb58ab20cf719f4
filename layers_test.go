package main

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// allowed holds every import of one package of this module by another.
var allowed = map[string][]string{
	"main":                             {"app/cli", "app/desktop", "backend/workflow", "frontend"},
	"app/api":                          {"backend/engine", "backend/workflow"},
	"app/owner":                        {"backend/engine", "backend/workflow"},
	"app/server":                       {"app/api", "backend/engine", "backend/markdown", "backend/workflow"},
	"app/cli":                          {"app/api", "app/owner", "app/server", "backend/engine", "backend/workflow"},
	"app/desktop":                      {"app/api", "app/owner", "app/server", "backend/engine", "backend/workflow"},
	"backend/pattern":                  {},
	"backend/workflow":                 {"backend/pattern"},
	"backend/prompt":                   {"backend/pattern", "backend/workflow"},
	"backend/prompt/foreign":           {"backend/pattern", "backend/prompt", "backend/workflow"},
	"backend/markdown":                 {"backend/pattern", "backend/workflow"},
	"backend/edit":                     {"backend/workflow"},
	"backend/handoff":                  {"backend/markdown", "backend/pattern", "backend/workflow"},
	"backend/llm":                      {"backend/workflow"},
	"backend/llm/llmtest":              {"backend/llm", "backend/workflow"},
	"backend/llm/ollamatest":           {"backend/llm", "backend/llm/ollamatest/tinymodel"},
	"backend/llm/ollamatest/cmd/":      {"backend/llm/ollamatest", "backend/llm/ollamatest/tinymodel"},
	"backend/llm/ollamatest/gguf":      {},
	"backend/llm/ollamatest/tinymodel": {"backend/llm/ollamatest/gguf"},
	"backend/disk":                     {},
	"backend/archive":                  {"backend/disk", "backend/workflow"},
	"backend/disk/disktest":            {"backend/disk"},
	"backend/store":                    {"backend/disk", "backend/workflow"},
	"backend/history":                  {"backend/disk", "backend/history/internal/gitpack", "backend/pattern", "backend/workflow"},
	"backend/history/internal/gitpack": {},
	"backend/codebase":                 {"backend/workflow"},
	"backend/secret":                   {"backend/workflow"},
	"backend/engine":                   {"backend/archive", "backend/codebase", "backend/disk", "backend/edit", "backend/handoff", "backend/history", "backend/llm", "backend/markdown", "backend/pattern", "backend/prompt", "backend/prompt/foreign", "backend/secret", "backend/store", "backend/workflow", "prompts"},
	"build/":                           {"backend/engine", "backend/history", "backend/llm", "backend/llm/ollamatest", "backend/markdown", "backend/prompt", "backend/store", "backend/workflow"},
	"prompts":                          {},
	"frontend":                         {},
}

// listed is what “go list” tells about a package.
type listed struct {
	ImportPath string
	Imports    []string
	Standard   bool
}

func list(t *testing.T, args ...string) []listed {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", append([]string{"list", "-json=ImportPath,Imports,Standard"}, args...)...)
	out, err := cmd.Output()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		t.Fatalf("go list: %s", exit.Stderr)
	}
	if err != nil {
		t.Fatal(err)
	}
	var all []listed
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

func TestPackagesImportOnlyTheLayersBelow(t *testing.T) {
	for _, p := range list(t, "-tags", "desktop", "./...") {
		name := strings.TrimPrefix(strings.TrimPrefix(p.ImportPath, "plumbline"), "/")
		if name == "" {
			name = "main"
		}
		below, known := layer(name)
		if !known {
			t.Errorf("%s is in no layer: add it to the map", name)
		}
		for _, imp := range p.Imports {
			own, isOurs := strings.CutPrefix(imp, "plumbline/")
			switch {
			case isOurs && !slices.Contains(below, own):
				t.Errorf("%s imports %s", name, own)
			case strings.HasPrefix(imp, "github.com/wailsapp/") && name != "app/desktop":
				t.Errorf("%s imports %s: only app/desktop knows Wails", name, imp)
			case strings.Contains(imp, ".") && name == "backend/workflow":
				t.Errorf("backend/workflow imports %s: it is pure", imp)
			}
		}
	}
}

// layer finds what a package may import; a name that ends with a slash stands for a folder.
func layer(name string) (below []string, known bool) {
	for at, below := range allowed {
		if name == at || strings.HasSuffix(at, "/") && strings.HasPrefix(name, at) {
			return below, true
		}
	}
	return nil, false
}

func TestCommandsDoNotLinkTheWindow(t *testing.T) {
	for _, p := range list(t, "-deps", ".") {
		if strings.Contains(p.ImportPath, "wailsapp") {
			t.Errorf("the commands link %s", p.ImportPath)
		}
	}
}
