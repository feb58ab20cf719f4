package markdown

import (
	"testing"

	"plumbline/backend/workflow"
)

func TestSinceSaysWhoHasChangedASection(t *testing.T) {
	base := "# T\n\n## A\none\n\n## B\n- [ ] two\n\n## C\nthree\nx\ny\nfour\n\n## D\nfive\n"
	current := "# T\n\n## A\nONE\n\n## B\n- [x] two\n\n## C\nTHREE\nx\ny\nfour\n\n## D\nFIVE\n\n## E\nmine\n"
	answer := "# T\n\n## A\none\n\n## B\n- [ ] two and more\n\n## C\nthree\nx\ny\nFOUR\n\n## D\nfive!\n\n## F\nnew\n"
	changes := Compare(current, answer)
	Since(base, current, answer, changes)
	want := map[string]workflow.SectionChange{
		"A": {Since: workflow.SinceYours}, "B": {Since: workflow.SinceAnswer, Take: true}, "C": {Since: workflow.SinceBoth},
		"D": {Since: workflow.SinceBoth, Clash: true}, "E": {Since: workflow.SinceYours}, "F": {Since: workflow.SinceAnswer, Take: true},
	}
	seen := 0
	for _, c := range changes {
		w, ok := want[c.Title]
		if !ok || c.Kind == sectionSame {
			continue
		}
		seen++
		if c.Since != w.Since || c.Clash != w.Clash || c.Take != w.Take {
			t.Errorf("%s: %q clash %v take %v, want %+v", c.Title, c.Since, c.Clash, c.Take, w)
		}
	}
	if seen != len(want) {
		t.Errorf("%d of %d sections", seen, len(want))
	}
}
