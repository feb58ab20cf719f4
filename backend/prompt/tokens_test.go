package prompt

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// The ranges hold what the vocabularies of current local models need for such
// text; the estimate is to be at the upper end, and not far above it.
func TestEstimateTokensByScript(t *testing.T) {
	tests := []struct {
		name, text string
		low, high  float64 // characters to a token
	}{
		{"English prose", "The service answers every question about the tide with two times and two heights, and it says which station they are for.", 3.6, 4.4},
		{"source code", "func (s *Store) Version(ctx context.Context, id string) (Version, error) {\n\tif id == \"\" {\n\t\treturn Version{}, errMissing\n\t}\n}\n", 2.6, 3.5},
		{"a table", "| Name | Type | Limit |\n|------|------|-------|\n| id   | text | 40    |\n| size | int  | 9     |\n", 2.0, 3.4},
		{"German", "Größere Änderungen müssen schriftlich bestätigt werden, spätestens übermorgen früh.", 3.0, 4.2},
		{"Russian", "Сервис отвечает на каждый вопрос о приливе двумя временами.", 1.8, 2.4},
		{"Arabic", "تجيب الخدمة عن كل سؤال حول المد والجزر", 1.2, 2.0},
		{"Chinese", "该服务用两个时间和两个高度回答每个潮汐问题。", 0.8, 1.1},
		{"Japanese", "サービスは潮の質問に二つの時刻で答えます。", 0.8, 1.1},
		{"Hindi", "सेवा ज्वार के हर प्रश्न का उत्तर देती है", 0.8, 1.3},
		{"emoji", "🌊🌊🌙⏰", 0.4, 0.7},
		{"digits", "31415926535897932384", 1.0, 1.3},
	}
	for _, tt := range tests {
		ratio := float64(utf8.RuneCountInString(tt.text)) / float64(EstimateTokens(tt.text))
		if ratio < tt.low || ratio > tt.high {
			t.Errorf("%s: %.2f characters to a token, want %.1f to %.1f", tt.name, ratio, tt.low, tt.high)
		}
	}
}

func TestEstimateTokensGrowsWithTheText(t *testing.T) {
	if got := EstimateTokens(""); got != 0 {
		t.Errorf("nothing is %d tokens", got)
	}
	if got := EstimateTokens("x"); got != 1 {
		t.Errorf("one letter is %d tokens, want 1", got)
	}
	indented := strings.Repeat(" ", 400)
	if got := EstimateTokens(indented); got < 20 || got > 60 {
		t.Errorf("400 spaces are %d tokens, want 20 to 60", got)
	}
	if got := EstimateTokens("\xff\xfe"); got < 1 {
		t.Error("broken text is no token")
	}
}
