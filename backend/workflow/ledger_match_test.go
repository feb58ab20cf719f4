package workflow

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// TestWhichFindingsAreTheSame holds pairs of findings as audits report them in one
// round and in the next.
func TestWhichFindingsAreTheSame(t *testing.T) {
	type told struct{ title, location, problem string }
	tests := []struct {
		name string
		a, b told
		want likeness
	}{
		{"the same words", told{"Missing rate limit on login", "auth.go:12", ""}, told{"Missing rate limit on login", "auth.go:12", ""}, alike},
		{"another line", told{"Missing rate limit on login", "auth.go:12", ""}, told{"Missing rate limit on login", "auth.go:98-120", ""}, alike},
		{"line in words", told{"Missing rate limit on login", "`auth.go`, line 12", ""}, told{"Missing rate limit on login", "auth.go (lines 90–99)", ""}, alike},
		{"line in the title", told{"Line 12: missing rate limit", "auth.go", ""}, told{"Missing rate limit", "auth.go", ""}, alike},
		{"other order", told{"SQL injection in the search endpoint", "search.go", ""}, told{"Search endpoint is vulnerable to SQL injection", "search.go:4", ""}, alike},
		{"other endings", told{"User input is not validated", "api/users.go", ""}, told{"Missing validation of user inputs", "api/users.go", ""}, alike},
		{"place not told", told{"Passwords are hashed with MD5", "auth/hash.go", ""}, told{"Password hashing uses MD5", "", ""}, alike},
		{"without any place", told{"Secrets are logged in plain text", "", ""}, told{"Secrets logged in plain text", "", ""}, alike},
		{"explained by the problem", told{"Refresh tokens are never rotated", "auth.go", "A stolen refresh token stays valid for ever."},
			told{"Stolen refresh tokens stay valid", "auth.go", "The refresh token is never rotated, so a stolen one stays valid."}, alike},
		{"folder renamed", told{"Race in the session cache", "cache/session.go", "Two requests write the map of sessions at once."},
			told{"Race in session cache", "internal/cache/session.go:8", "Two requests write the sessions map at the same time."}, alike},
		{"moved to another file", told{"Race in the session cache", "cache.go", "Two requests write the map of sessions at once."},
			told{"Race in the session cache", "session.go", "Two requests at once write the map of sessions."}, alike},
		{"a general title in another file", told{"Missing error handling", "orders.go", "The error of the payment is dropped."},
			told{"Missing error handling", "users.go", "A failed mail is not noticed by anybody."}, doubtful},
		{"a general title, files only", told{"Missing input validation", "a.go", ""}, told{"Missing input validation", "b.go", ""}, doubtful},
		{"another field", told{"Missing length validation of the email field", "users.go", "The email may be of any length."},
			told{"Missing length validation of the password field", "users.go", "The password may be of any length."}, doubtful},
		{"another field, short", told{"Email is not validated", "users.go", ""}, told{"Password is not validated", "users.go", ""}, doubtful},
		{"another thing in the same file", told{"SQL injection in search", "search.go", ""}, told{"Slow query without an index", "search.go", ""}, unlike},
		{"nothing in common", told{"SQL injection in search", "search.go", ""}, told{"The README has no licence", "README.md", ""}, unlike},
		{"one common word elsewhere", told{"Token is logged", "log.go", ""}, told{"Token has no expiry", "auth.go", ""}, unlike},
		{"another language, same words", told{"Passwörter werden im Klartext gespeichert", "benutzer.go", ""}, told{"Passwörter im Klartext gespeichert", "benutzer.go:7", ""}, alike},
		{"no spaces between words", told{"用户密码以明文存储", "user.go", ""}, told{"密码以明文存储在数据库", "user.go", ""}, doubtful},
		{"no spaces, the same", told{"用户密码以明文存储", "user.go:3", ""}, told{"用户密码以明文存储", "user.go:9", ""}, alike},
		{"no spaces, nothing in common", told{"用户密码以明文存储", "user.go", ""}, told{"缺少速率限制", "user.go", ""}, unlike},
	}
	for _, tt := range tests {
		words := lexicon{}
		a := words.trace(tt.a.title, "Security", tt.a.location, tt.a.problem, "")
		b := words.trace(tt.b.title, "Security", tt.b.location, tt.b.problem, "")
		if got, _ := a.compare(b); got != tt.want {
			t.Errorf("%s: got %d, want %d", tt.name, got, tt.want)
		}
		forth, score := a.compare(b)
		back, other := b.compare(a)
		if forth != back || score != other {
			t.Errorf("%s: one way %d (%f), the other %d (%f)", tt.name, forth, score, back, other)
		}
	}
}

func TestPlaces(t *testing.T) {
	tests := map[string]string{
		"":                                  "",
		"`src/Auth.go:12`":                  "src/auth.go",
		"./src/auth.go:12-40, src/b.go#L4":  "src/auth.go src/b.go",
		`src\auth.go, lines 3 to 9`:         "src/auth.go",
		"POST /login":                       "post login",
		"Section 4.2":                       "section 4 2",
		"AuthService.refresh()":             "authservice.refresh",
		"Dockerfile":                        "dockerfile",
		"backend/store and frontend/src":    "backend/store frontend/src",
		"auth.go (line 12) and auth.go:400": "auth.go",
	}
	for location, want := range tests {
		if got := strings.Join(places(location), " "); got != want {
			t.Errorf("places(%q) = %q, want %q", location, got, want)
		}
	}
}

// TestFingerprintsForgetWhatChanges keeps one defect the same when it is told in
// another order, from other lines, with other marks.
func TestFingerprintsForgetWhatChanges(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 3))
	words := []string{"Token", "session", "missing", "limits", "queries", "payment", "timeout", "retry", "cache", "index", "logging", "secret"}
	for range 500 {
		rng.Shuffle(len(words), func(i, j int) { words[i], words[j] = words[j], words[i] })
		title := append([]string{}, words[:3+rng.IntN(5)]...)
		line := func() string { return fmt.Sprintf("pkg/file.go:%d", 1+rng.IntN(900)) }
		want := Fingerprint(strings.Join(title, " "), "Security", line())
		rng.Shuffle(len(title), func(i, j int) { title[i], title[j] = title[j], title[i] })
		other := strings.ToUpper("The " + strings.Join(title, ", ") + ".")
		if got := Fingerprint(other, "security", "`"+line()+"`"); got != want {
			t.Fatalf("%q and %q are told apart", title, other)
		}
		if got := Fingerprint(other+" Another", "security", line()); got == want {
			t.Fatalf("%q and another title are the same", title)
		}
	}
}
