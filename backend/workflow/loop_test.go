package workflow

import "testing"

func TestNumberedOutputs(t *testing.T) {
	tests := []struct {
		output string
		round  int
		want   string
	}{
		{"audits/review-NN.md", 1, "audits/review-01.md"},
		{"audits/review-NN.md", 12, "audits/review-12.md"},
		{"audits/review-NN.md", 123, "audits/review-123.md"},
		{"NN/NN.md", 3, "03/NN.md"},
	}
	for _, tt := range tests {
		p := Phase{Output: tt.output}
		if got := p.OutputOf(tt.round); got != tt.want || !p.Numbered() {
			t.Errorf("round %d of %s is %s, want %s", tt.round, tt.output, got, tt.want)
		}
		if got := p.RoundOf(tt.want); got != tt.round {
			t.Errorf("%s is round %d of %s, want %d", tt.want, got, tt.output, tt.round)
		}
	}
	for _, path := range []string{"audits/review-1.md", "audits/review-00.md", "audits/review-001.md", "audits/review-NN.md", "audits/review-.md", "review-01.md", "audits/review-01.txt", "audits/review-+1.md"} {
		if got := (Phase{Output: "audits/review-NN.md"}).RoundOf(path); got != 0 {
			t.Errorf("%s is round %d, want none", path, got)
		}
	}
	plain := Phase{Output: "spec.md"}
	if plain.Numbered() || plain.OutputOf(2) != "spec.md" || plain.RoundOf("spec.md") != 0 {
		t.Error("an output without NN is numbered")
	}
}
