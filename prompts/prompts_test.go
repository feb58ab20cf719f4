package prompts_test

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"plumbline/backend/markdown"
	"plumbline/backend/prompt"
	"plumbline/backend/workflow"
	"plumbline/prompts"
)

var update = flag.Bool("update", false, "write the golden files again")

func library(t *testing.T) *prompt.Library {
	t.Helper()
	lib := prompt.OpenLibrary(prompts.Files, nil)
	for _, err := range lib.Problems() {
		t.Error(err)
	}
	return lib
}

func load(t *testing.T, id string) prompt.Prompt {
	t.Helper()
	p, ok := library(t).Prompt(id)
	if !ok {
		t.Fatalf("there is no prompt “%s”", id)
	}
	return p
}

func TestPromptsAreClean(t *testing.T) {
	for _, p := range library(t).Prompts() {
		for _, found := range p.Lint() {
			t.Error(found)
		}
		if p.Purpose == "" || p.Group == "" || len(p.Tags) == 0 {
			t.Errorf("%s: purpose, group or tags are missing", p.File)
		}
		if want := "library/" + p.Group + "/" + p.ID + ".md"; p.File != want {
			t.Errorf("%s holds the prompt “%s” of the group %s; it belongs into %s", p.File, p.ID, p.Group, want)
		}
		if len(p.Contract.Sections) == 0 && p.Contract.Reads == workflow.ReadsText && !free(p) {
			t.Errorf("%s has no contract", p.File)
		}
		for _, v := range p.Variables {
			if v.Help == "" || v.Example == "" {
				t.Errorf("%s: the variable “%s” has no help or no example", p.File, v.Name)
			}
			if v.Type == workflow.VarArtifact && v.Source == "" {
				t.Errorf("%s: the artifact “%s” has no source", p.File, v.Name)
			}
		}
	}
}

// free reports whether the answer of a prompt takes the form of what it is given.
func free(p prompt.Prompt) bool { return p.ID == "contract-repair" || p.ID == "summarise-for-context" }

// budget is how many tokens a prompt may have without what fills its variables.
func budget(id string) int {
	large := strings.Fields("spec plan codegen security-audit issue-analysis production-readiness feature-planning enhancement-discovery " +
		"perspectives failure-modes scale-stress compliance workflow-coach")
	if slices.Contains(large, id) {
		return 1200
	}
	return 700
}

func TestPromptsKeepTheirBudget(t *testing.T) {
	for _, p := range library(t).Prompts() {
		if n := prompt.EstimateTokens(p.Body); n > budget(p.ID) {
			t.Errorf("%s is about %d tokens, more than %d", p.ID, n, budget(p.ID))
		}
		// A window of 8k must leave room for what fills the variables.
		if n := prompt.EstimateTokens(p.Body) + p.Reserve; n > 6000 {
			t.Errorf("%s takes %d tokens with its answer, and leaves too few of 8,192 for its input", p.ID, n)
		}
	}
}

// fillings are the values of a rendering with everything, and of one with only
// what is required: the examples that the form shows.
func fillings(p prompt.Prompt) (all, required map[string]string) {
	all, required = map[string]string{}, map[string]string{}
	for _, v := range p.Variables {
		all[v.Name], required[v.Name] = v.Example, v.Default
		if v.Required {
			required[v.Name] = v.Example
		}
	}
	return all, required
}

func TestPromptsRender(t *testing.T) {
	for _, p := range library(t).Prompts() {
		all, required := fillings(p)
		for name, values := range map[string]map[string]string{"all": all, "required": required} {
			t.Run(p.ID+"/"+name, func(t *testing.T) {
				got, err := p.Render(values)
				if err != nil {
					t.Fatal(err)
				}
				golden(t, p.ID+"."+name+".golden", got.Text)
				if strings.Contains(got.Text, "\n\n\n") {
					t.Error("there are two blank lines in a row")
				}
				for variable, value := range values {
					if !strings.Contains(got.Text, value) && value != "yes" && value != "no" {
						t.Errorf("the value of “%s” is not there", variable)
					}
				}
			})
		}
		if slices.ContainsFunc(p.Variables, func(v workflow.Variable) bool { return v.Required && v.Default == "" }) {
			if _, err := p.Render(nil); workflow.CodeOf(err) != workflow.Invalid {
				t.Errorf("%s without its inputs: %v, want invalid", p.ID, err)
			}
		}
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", "golden", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != strings.ReplaceAll(string(want), "\r\n", "\n") {
		t.Errorf("the rendering differs from %s; look at it, then run the test with -update:\n%s", file, got)
	}
}

func answer(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "answers", name))
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(data), "\r\n", "\n")
}

func check(p prompt.Prompt, text string) []string {
	return workflow.CheckContract(p.Contract, markdown.Read(p.Contract, text))
}

// contracted are the prompts whose contract an answer can miss.
func contracted(t *testing.T) []prompt.Prompt {
	return slices.DeleteFunc(library(t).Prompts(), free)
}

// Every contract is tried on an ideal answer, on the sloppy one of a small model
// and on one in another common shape, and on a refusal.
func TestContracts(t *testing.T) {
	for _, p := range contracted(t) {
		t.Run(p.ID, func(t *testing.T) {
			for _, shape := range []string{"ideal", "sloppy", "other"} {
				text := answer(t, p.ID+"."+shape+".md")
				if missing := check(p, text); len(missing) > 0 {
					t.Errorf("the %s answer lacks:\n%s", shape, strings.Join(missing, "\n"))
				}
				if !workflow.LooksWhole(text) {
					t.Errorf("the %s answer looks cut", shape)
				}
				if workflow.LooksLikePrompt(text, p.Body) {
					t.Errorf("the %s answer looks like the prompt", shape)
				}
			}
			if missing := check(p, answer(t, "refusal.md")); len(missing) == 0 || len(missing) < len(p.Contract.Sections) {
				t.Errorf("a refusal lacks %d of %d sections:\n%s", len(missing), len(p.Contract.Sections), strings.Join(missing, "\n"))
			}
			if none := p.Contract.None; none != "" && len(check(p, none+"\n")) > 0 {
				t.Errorf("the phrase “%s” alone is no answer: %q", none, check(p, none+"\n"))
			}
		})
	}
}

func TestContractsNoticeAnAnswerThatIsCut(t *testing.T) {
	for _, p := range contracted(t) {
		text := answer(t, p.ID+".ideal.md")
		sections := markdown.Sections(text)
		if len(p.Contract.Sections) == 0 {
			continue
		}
		last := sections[len(sections)-1]
		for at := range last.Start {
			if text[at] != '\n' && !(at%5 == 0 && inHeading(text, at)) { // what else a line says decides nothing
				continue
			}
			if len(check(p, text[:at])) == 0 {
				t.Errorf("%s: the contract holds for an answer cut at byte %d of %d, before its last section", p.ID, at, len(text))
				break
			}
		}
	}
}

// inHeading reports whether a byte is in a line of a heading or of a box.
func inHeading(text string, at int) bool {
	line := strings.TrimLeft(text[strings.LastIndexByte(text[:at], '\n')+1:], " ")
	return strings.HasPrefix(line, "#") || strings.HasPrefix(line, "- [")
}

func TestContractsNoticeEveryMissingSection(t *testing.T) {
	for _, p := range contracted(t) {
		text := answer(t, p.ID+".ideal.md")
		sections := markdown.Sections(text)
		for _, want := range p.Contract.Sections {
			s, ok := workflow.FindSection(sections, want.Title)
			if !ok {
				t.Fatalf("%s: the ideal answer has no section “%s”", p.ID, want.Title)
			}
			missing := check(p, text[:s.Start]+text[s.End:])
			if sentence := "The section “" + want.Title + "” is missing."; !slices.Contains(missing, sentence) {
				t.Errorf("%s without “%s” lacks %q", p.ID, want.Title, missing)
			}
		}
	}
}

// The heading outline that a prompt shows must be the one its contract expects.
func TestPromptsShowTheOutlineOfTheirContract(t *testing.T) {
	heading := regexp.MustCompile(`(?m)^## (.+)$`)
	for _, p := range contracted(t) {
		var shown, expected []string
		for _, m := range heading.FindAllStringSubmatch(p.Body, -1) {
			shown = append(shown, m[1])
		}
		for _, s := range p.Contract.Sections {
			expected = append(expected, s.Title)
		}
		if !slices.Equal(shown, expected) {
			t.Errorf("%s shows %q, and its contract expects %q", p.ID, shown, expected)
		}
	}
}

func TestAPastedPromptIsNoAnswer(t *testing.T) {
	for _, p := range library(t).Prompts() {
		all, _ := fillings(p)
		r, err := p.Render(all)
		if err != nil {
			t.Fatal(err)
		}
		if !workflow.LooksLikePrompt(r.Text, r.Text) {
			t.Errorf("%s is not recognised", p.ID)
		}
	}
}

func TestARevisionThatChangesNothingIsAnAnswer(t *testing.T) {
	text := answer(t, "request.ideal.md")
	r, err := load(t, "request").Render(map[string]string{"idea": "A tide clock.", "current": text})
	if err != nil {
		t.Fatal(err)
	}
	if workflow.LooksLikePrompt(text, r.Text) {
		t.Error("the current request, returned as it is, is taken for the prompt")
	}
}

func TestRepairPromptNamesWhatIsMissing(t *testing.T) {
	request := load(t, "request")
	broken := strings.Replace(answer(t, "request.ideal.md"), "## Questions", "Questions", 1)
	missing := check(request, broken)
	r, err := load(t, "contract-repair").Render(map[string]string{
		"answer": broken, "missing": strings.Join(missing, "\n"), "contract": "- A section “Questions”",
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{broken, "The section “Questions” is missing.", "- A section “Questions”\n"} {
		if !strings.Contains(r.Text, want) {
			t.Errorf("the repair prompt lacks %q", want)
		}
	}
}

func TestIdeaToProduction(t *testing.T) {
	w, ok := library(t).Workflow("idea-to-production")
	if !ok {
		t.Fatal("there is no workflow “idea-to-production”")
	}
	var ids, titles []string
	for _, p := range w.Phases {
		ids, titles = append(ids, p.ID), append(titles, p.Title)
		if len(p.Gate) == 0 {
			t.Errorf("the phase %s has no gate", p.ID)
		}
		for _, c := range p.Gate {
			if c.Help == "" {
				t.Errorf("the condition %s of %s has no help", c.ID, p.ID)
			}
		}
	}
	if want := "preflight request spec plan build review security performance release golive"; strings.Join(ids, " ") != want {
		t.Errorf("phases %v, want %s", ids, want)
	}
	if want := "Preflight|Request|Spec|Plan|Build loop|Review|Security|Performance|Release|Go live"; strings.Join(titles, "|") != want {
		t.Errorf("titles %v, want %s", titles, want)
	}
}

// A gate that looks for a heading must find it in what the prompt asks for.
func TestGatesLookAtSectionsThatPromptsAskFor(t *testing.T) {
	lib := library(t)
	w, _ := lib.Workflow("idea-to-production")
	for _, phase := range w.Phases {
		p, ok := lib.Prompt(phase.Prompt)
		for _, c := range phase.Gate {
			if !ok || c.Section == "" {
				continue
			}
			i := slices.IndexFunc(p.Contract.Sections, func(s workflow.ContractSection) bool { return s.Title == c.Section })
			if i < 0 {
				t.Errorf("the condition %s of %s looks at “%s”, which the prompt does not ask for", c.ID, phase.ID, c.Section)
			} else if len(p.Contract.Sections[i].Also) > 0 {
				t.Errorf("the contract of %s accepts other titles for “%s”, and the gate would not find them", p.ID, c.Section)
			}
		}
	}
}
