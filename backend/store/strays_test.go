package store

import (
	"errors"
	"testing"
)

func TestStraysAreDroppedAndNamed(t *testing.T) {
	s, _ := rich(t)
	update(t, s, func(tx *Tx) error {
		return errors.Join(tx.PutRunText("01JD0NOBODY", "prompt", "p"), tx.AppendChunk("01JD0NOBODY", "answer", "a"))
	})
	dropped, err := s.DropStrays(t.Context())
	if err != nil || len(dropped) != 2 || dropped[0].Bucket != "run_text" || dropped[1].Bucket != "chunk" {
		t.Errorf("dropped %v, %v", dropped, err)
	}
	if err := s.View(func(tx *Tx) error {
		text, err := tx.RunText(aRun.ID, "prompt")
		if text != "p" {
			t.Errorf("the text of a run that is there is %q", text)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if again, err := s.DropStrays(t.Context()); err != nil || len(again) > 0 {
		t.Errorf("dropped again: %v, %v", again, err)
	}
}
