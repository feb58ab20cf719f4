package history

import (
	"fmt"
	"os"
	"testing"
)

func TestAdhocMake(t *testing.T) {
	if os.Getenv("ADHOC") != "make" {
		t.Skip()
	}
	h := open(t, "/tmp/wt/large")
	all := written(t, h, 100000, 500)
	fmt.Println(all[99999].Commit)
}

func TestAdhocConsolidate(t *testing.T) {
	if os.Getenv("ADHOC") != "consolidate" {
		t.Skip()
	}
	h := open(t, os.Getenv("ADHOC_DIR"))
	fmt.Printf("%+v\n", consolidate(t, h))
	b, _ := os.ReadFile("/proc/self/status")
	fmt.Println(string(b[:900]))
}
