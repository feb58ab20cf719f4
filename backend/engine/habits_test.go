package engine

import (
	"testing"

	"plumbline/backend/workflow"
)

func TestOwnChecklistsAreTickedByThePerson(t *testing.T) {
	b := newBench(t, specOrRequest)
	all := try(b.OwnChecklists(b.ctx))(t)
	sizes := map[string]int{}
	for _, one := range all {
		sizes[one.ID] = len(one.Items)
		if one.Version != 0 || one.Done != 0 || one.HTML == "" {
			t.Errorf("%+v", one)
		}
	}
	if sizes["mastery"] != 10 || sizes["action-plan"] != 5 || sizes["takeaways"] != 4 {
		t.Errorf("%v", sizes)
	}
	first := all[0]
	got := try(b.TickOwn(b.ctx, first.ID, first.Items[0].Offset, 0, true))(t)
	if got.Done != 1 || got.Version != 2 || got.Items[0].State != workflow.ItemDone {
		t.Errorf("%+v", got)
	}
	b.reopen()
	again := try(b.OwnChecklists(b.ctx))(t)[0]
	if again.Done != 1 {
		t.Errorf("the tick is forgotten: %+v", again)
	}
	if got = try(b.TickOwn(b.ctx, first.ID, first.Items[0].Offset, again.Version, false))(t); got.Done != 0 {
		t.Errorf("%+v", got)
	}
	_, err := b.TickOwn(b.ctx, "review", 0, 0, true)
	wantCode(t, err, workflow.NotFound)
	_, err = b.TickOwn(b.ctx, first.ID, first.Items[0].Offset, 1, true)
	wantCode(t, err, workflow.Conflict)
}
