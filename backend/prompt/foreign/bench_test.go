package foreign

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"plumbline/backend/prompt"
)

// patterns is a library of the size of fabric's texts: 3.5 KB each.
func patterns(n int) fstest.MapFS {
	files := map[string]string{}
	for i := range n {
		var text strings.Builder
		fmt.Fprintf(&text, "# IDENTITY and PURPOSE\n\nYou are expert number %d in reading texts for {{audience}}.\n\n# STEPS\n\n", i)
		for step := range 40 {
			fmt.Fprintf(&text, "- Read step %d of the input with `care`, and write down [WHAT YOU FIND] in 15 words.\n", step)
		}
		text.WriteString("\n# OUTPUT\n\n- Only Markdown.\n\n# INPUT\n\nINPUT:\n")
		files[fmt.Sprintf("patterns/do_thing_%d/system.md", i)] = text.String()
	}
	return tree(files)
}

func BenchmarkReadPatterns(b *testing.B) {
	for _, n := range []int{1000, 2000, 4000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			fsys := patterns(n)
			b.ReportAllocs()
			for b.Loop() {
				i, err := Read(fsys, Options{})
				if err != nil || len(i.Prompts) != n {
					b.Fatal(len(i.Prompts), err)
				}
			}
		})
	}
}

func BenchmarkWritePatterns(b *testing.B) {
	i, err := Read(patterns(1000), Options{})
	if err != nil {
		b.Fatal(err)
	}
	prompts := make([]prompt.Prompt, len(i.Prompts))
	for at, found := range i.Prompts {
		prompts[at] = found.Prompt
	}
	b.ReportAllocs()
	for b.Loop() {
		if x := Write(Fabric, prompts); len(x.Files) != 2*len(prompts) {
			b.Fatal(len(x.Files))
		}
	}
}

// BenchmarkReadHostile shows that texts made to be slow are not: four times the
// text takes four times the time.
func BenchmarkReadHostile(b *testing.B) {
	for name, unit := range map[string]string{
		"braces": "{", "tags": "{{a}}", "sections": "{{#a}}{{/a}}", "brackets": "[", "upper": "[A", "angles": "<a", "comments": "<!-- if a -->",
		"dollars": "$ARGUMENTS", "backslashes": "\\", "escaped": "\\{{a}}", "runs": "` `` ``` ", "choice": "[a/", "fences": "```\n~~~\n", "keys": "a: b\n", "shell": " !`a", "spaces": " ",
	} {
		for _, size := range []int{64 << 10, 256 << 10} {
			b.Run(fmt.Sprintf("%s/%dK", name, size>>10), func(b *testing.B) {
				data := []byte("---\ndescription: x\n---\nx" + strings.Repeat(unit, size/len(unit)) + "x")
				for b.Loop() {
					if _, err := ReadFile(".claude/commands/a.md", data, Options{}); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
