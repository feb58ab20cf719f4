package workflow

import "testing"

func TestFacts(t *testing.T) {
	pack := Pack{
		Title: "Payments", Feature: "card payments", Volume: "100 a day", Standard: "PCI DSS", Dependency: "the provider",
		Events: "webhooks", Failures: []string{"declined", "expired"}, Compliance: []string{},
	}
	persona := Persona{Title: "Security expert", Text: "You look for holes."}
	tests := []struct {
		fact  func(string) (string, bool)
		key   string
		want  string
		known bool
	}{
		{pack.Fact, "title", "Payments", true},
		{pack.Fact, "feature", "card payments", true},
		{pack.Fact, "volume", "100 a day", true},
		{pack.Fact, "standard", "PCI DSS", true},
		{pack.Fact, "dependency", "the provider", true},
		{pack.Fact, "events", "webhooks", true},
		{pack.Fact, "failures", "- declined\n- expired", true},
		{pack.Fact, "compliance", "", true},
		{pack.Fact, "colour", "", false},
		{persona.Fact, "title", "Security expert", true},
		{persona.Fact, "text", "You look for holes.", true},
		{persona.Fact, "id", "", false},
	}
	for _, tt := range tests {
		if got, known := tt.fact(tt.key); got != tt.want || known != tt.known {
			t.Errorf("the fact “%s” is %q, %v; want %q, %v", tt.key, got, known, tt.want, tt.known)
		}
	}
}
