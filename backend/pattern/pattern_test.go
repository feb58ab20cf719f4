package pattern

import "testing"

func TestAPatternIsCompiledAtOnceInATest(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("New did not panic over a pattern that cannot be compiled")
		}
	}()
	New(`(`)
}

func TestAPatternFindsWhatItsRegularExpressionFinds(t *testing.T) {
	p := New(`(\w+)@(\w+)`)
	if got := p.FindStringSubmatch("to ann@home"); len(got) != 3 || got[1] != "ann" || got[2] != "home" {
		t.Errorf("found %q", got)
	}
	if p.MatchString("nobody") {
		t.Error("it matches what it should not")
	}
}
