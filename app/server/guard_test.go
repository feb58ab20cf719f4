package server

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// guarded is a guard before a handler that answers "in".
func guarded(t *testing.T) (*Guard, http.Handler) {
	t.Helper()
	g := NewGuard(4711)
	return g, g.Wrap(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "in") }))
}

// ask sends a request as the browser would send it, changed by edit.
func ask(h http.Handler, method, target string, edit func(*http.Request)) *http.Response {
	r := httptest.NewRequest(method, target, strings.NewReader("[]"))
	r.Host = "127.0.0.1:4711"
	if method != http.MethodGet {
		r.Header.Set("Origin", "http://127.0.0.1:4711")
		r.Header.Set("Content-Type", "application/json")
	}
	if edit != nil {
		edit(r)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

// enter follows a link and returns the cookie it gives.
func enter(t *testing.T, g *Guard, h http.Handler) *http.Cookie {
	t.Helper()
	link, err := url.Parse(g.Link())
	if err != nil {
		t.Fatal(err)
	}
	resp := ask(h, http.MethodGet, link.RequestURI(), nil)
	if resp.StatusCode != http.StatusSeeOther || resp.Header.Get("Location") != "/" {
		t.Fatalf("the link answers %s to %q", resp.Status, resp.Header.Get("Location"))
	}
	if len(resp.Cookies()) != 1 {
		t.Fatalf("the link gives %d cookies", len(resp.Cookies()))
	}
	return resp.Cookies()[0]
}

func TestLinkBecomesACookieOfThisPort(t *testing.T) {
	g, h := guarded(t)
	c := enter(t, g, h)
	if c.Name != "plumbline-4711" || !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || c.Path != "/" {
		t.Errorf("cookie = %+v", c)
	}
	resp := ask(h, http.MethodPost, "/rpc/App/Info", func(r *http.Request) { r.AddCookie(c) })
	if resp.StatusCode != http.StatusOK {
		t.Errorf("with the cookie: %s", resp.Status)
	}
}

func TestLinkWorksOnce(t *testing.T) {
	g, h := guarded(t)
	link := strings.TrimPrefix(g.Link(), "http://127.0.0.1:4711")
	if resp := ask(h, http.MethodGet, link, nil); resp.StatusCode != http.StatusSeeOther {
		t.Fatalf("first use: %s", resp.Status)
	}
	if resp := ask(h, http.MethodGet, link, nil); resp.StatusCode != http.StatusUnauthorized {
		t.Errorf("second use: %s", resp.Status)
	}
}

func TestOldestUnusedLinksEnd(t *testing.T) {
	g, h := guarded(t)
	first := strings.TrimPrefix(g.Link(), "http://127.0.0.1:4711")
	for range maxLinks {
		g.Link()
	}
	if resp := ask(h, http.MethodGet, first, nil); resp.StatusCode != http.StatusUnauthorized {
		t.Errorf("a link before %d others: %s", maxLinks, resp.Status)
	}
}

func TestGuardRefuses(t *testing.T) {
	g, h := guarded(t)
	c := enter(t, g, h)
	for name, tc := range map[string]struct {
		method string
		edit   func(*http.Request)
		want   int
	}{
		"no cookie":         {"POST", func(r *http.Request) { r.Header.Del("Cookie") }, http.StatusUnauthorized},
		"wrong cookie":      {"POST", func(r *http.Request) { r.Header.Set("Cookie", c.Name+"=guess") }, http.StatusUnauthorized},
		"empty cookie":      {"GET", func(r *http.Request) { r.Header.Set("Cookie", c.Name+"=") }, http.StatusUnauthorized},
		"other host":        {"GET", func(r *http.Request) { r.Host = "evil.example:4711" }, http.StatusForbidden},
		"other port":        {"GET", func(r *http.Request) { r.Host = "127.0.0.1:80" }, http.StatusForbidden},
		"foreign origin":    {"POST", func(r *http.Request) { r.Header.Set("Origin", "https://evil.example") }, http.StatusForbidden},
		"null origin":       {"POST", func(r *http.Request) { r.Header.Set("Origin", "null") }, http.StatusForbidden},
		"no origin":         {"POST", func(r *http.Request) { r.Header.Del("Origin") }, http.StatusForbidden},
		"foreign reader":    {"GET", func(r *http.Request) { r.Header.Set("Origin", "https://evil.example") }, http.StatusForbidden},
		"form":              {"POST", func(r *http.Request) { r.Header.Set("Content-Type", "text/plain") }, http.StatusUnsupportedMediaType},
		"no type":           {"PUT", func(r *http.Request) { r.Header.Del("Content-Type") }, http.StatusUnsupportedMediaType},
		"foreign delete":    {"DELETE", func(r *http.Request) { r.Header.Del("Origin") }, http.StatusForbidden},
		"wrong token":       {"GET", func(r *http.Request) { r.URL.RawQuery = "token=guess"; r.Header.Del("Cookie") }, http.StatusUnauthorized},
		"token by a POST":   {"POST", func(r *http.Request) { r.URL.RawQuery = "token=x"; r.Header.Del("Cookie") }, http.StatusUnauthorized},
		"json with charset": {"POST", func(r *http.Request) { r.Header.Set("Content-Type", "application/json; charset=utf-8") }, http.StatusOK},
		"delete, no type":   {"DELETE", func(r *http.Request) { r.Header.Del("Content-Type") }, http.StatusOK},
		"by name":           {"GET", func(r *http.Request) { r.Host = "localhost:4711" }, http.StatusOK},
	} {
		t.Run(name, func(t *testing.T) {
			resp := ask(h, tc.method, "/data/projects", func(r *http.Request) {
				r.AddCookie(c)
				tc.edit(r)
			})
			if resp.StatusCode != tc.want {
				t.Errorf("status %s, want %d", resp.Status, tc.want)
			}
		})
	}
}

func TestStrangersGetAPageThatSaysWhatToDo(t *testing.T) {
	_, h := guarded(t)
	resp := ask(h, http.MethodGet, "/", nil)
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if resp.StatusCode != http.StatusUnauthorized || !strings.Contains(string(body), "plumbline serve") {
		t.Errorf("%s: %s", resp.Status, body)
	}
	if resp.Header.Get("Content-Security-Policy") == "" {
		t.Error("the page has no content security policy")
	}
}

func TestOnlyAnImportIsNotJSON(t *testing.T) {
	g, h := guarded(t)
	c := enter(t, g, h)
	for target, kinds := range map[string]map[string]int{
		"/data/import":  {"application/zip": 200, "application/json": 415, "text/plain": 415, "": 415},
		"/data/imports": {"application/zip": 415, "application/json": 200},
	} {
		for kind, want := range kinds {
			resp := ask(h, http.MethodPost, target, func(r *http.Request) {
				r.AddCookie(c)
				r.Header.Set("Content-Type", kind)
			})
			if resp.StatusCode != want {
				t.Errorf("%s as %q: %s, want %d", target, kind, resp.Status, want)
			}
		}
	}
}
