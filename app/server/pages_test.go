package server

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
)

func TestPages(t *testing.T) {
	h := newPages(fstest.MapFS{
		"index.html":          {Data: []byte("<!doctype html>")},
		"assets/main-abc.js":  {Data: []byte("1")},
		"assets/font-x.woff2": {Data: []byte("2")},
		"theme.js":            {Data: []byte("3")},
	})
	const forEver = "public, max-age=31536000, immutable"
	for path, want := range map[string]struct {
		status            int
		kind, cache, text string
	}{
		"/":                    {200, "text/html; charset=utf-8", "no-store", "<!doctype"},
		"/index.html":          {200, "text/html; charset=utf-8", "no-store", "<!doctype"},
		"/assets/main-abc.js":  {200, "text/javascript; charset=utf-8", forEver, "1"},
		"/assets/font-x.woff2": {200, "font/woff2", forEver, "2"},
		"/theme.js":            {200, "text/javascript; charset=utf-8", "no-store", "3"},
		"/nothing.js":          {404, "application/json", "no-store", "not_found"},
		"/assets":              {404, "application/json", "no-store", "not_found"},
		"/../pages.go":         {404, "application/json", "no-store", "not_found"},
	} {
		t.Run(path, func(t *testing.T) {
			r := httptest.NewRequest(http.MethodGet, "/", nil)
			r.URL.Path = path
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			head := w.Header()
			if w.Code != want.status || head.Get("Content-Type") != want.kind || head.Get("Cache-Control") != want.cache {
				t.Errorf("%d %v", w.Code, head)
			}
			if !strings.Contains(w.Body.String(), want.text) {
				t.Errorf("body %q, want %q", w.Body, want.text)
			}
			if want.status == 200 && !strings.HasPrefix(head.Get("Content-Security-Policy"), CSP) {
				t.Errorf("policy %q", head.Get("Content-Security-Policy"))
			}
		})
	}
}

func TestPagesAreOnlyRead(t *testing.T) {
	w := httptest.NewRecorder()
	newPages(fstest.MapFS{"index.html": {}}).ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/", nil))
	if w.Code != http.StatusNotFound {
		t.Errorf("POST / answers %d", w.Code)
	}
}
