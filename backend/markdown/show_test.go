package markdown

import (
	"reflect"
	"testing"

	"plumbline/backend/workflow"
)

func TestShowIsRenderWithTheBoxes(t *testing.T) {
	const src = "# Title\n\n- [x] one\n- [ ] two\n- [x] three\n\n[^1]: a note\n"
	items := Items(src)
	ticks := map[string]workflow.Tick{
		items[0].Key: {State: workflow.ItemDone, By: workflow.Author{Name: "Ann"}},
		items[1].Key: {State: workflow.ItemWaived, Reason: "It is not needed here."},
	}
	workflow.JudgeItems(items, ticks)
	for _, interactive := range []bool{false, true} {
		html, got := Show(src, ticks, interactive)
		if want := Render(src, Options{Items: items, Interactive: interactive}); html != want {
			t.Errorf("interactive %v: Show\n%s\nRender\n%s", interactive, html, want)
		}
		if !reflect.DeepEqual(got, items) {
			t.Errorf("interactive %v: boxes %+v, want %+v", interactive, got, items)
		}
	}
}
