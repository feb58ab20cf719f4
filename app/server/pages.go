package server

import (
	"bytes"
	"io/fs"
	"net/http"
	"path"
	"strings"
	"time"
)

// CSP is the content security policy of every page.
const CSP = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
	"connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'"

const index = "index.html"

// pages serves the built front end.
type pages struct{ files fs.FS }

func newPages(files fs.FS) pages { return pages{files} }

func (p pages) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimPrefix(path.Clean(r.URL.Path), "/")
	if name == "" {
		name = index
	}
	body, err := fs.ReadFile(p.files, name)
	if err != nil || (r.Method != http.MethodGet && r.Method != http.MethodHead) {
		notFound(w, r)
		return
	}
	setPageHeaders(w.Header())
	w.Header().Set("Content-Type", contentType(name))
	w.Header().Set("Cache-Control", caching(name))
	http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(body))
}

// setPageHeaders fences a page in: no foreign scripts, frames or referrers.
func setPageHeaders(h http.Header) {
	h.Set("Content-Security-Policy", CSP+"; frame-ancestors 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
}

// caching lets files whose name holds a hash of their content be kept for ever.
func caching(name string) string {
	if strings.HasPrefix(name, "assets/") {
		return "public, max-age=31536000, immutable"
	}
	return "no-store"
}

// contentType does not ask the system, whose answers differ.
func contentType(name string) string {
	switch path.Ext(name) {
	case ".html":
		return "text/html; charset=utf-8"
	case ".js", ".mjs":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".json", ".map":
		return "application/json"
	case ".svg":
		return "image/svg+xml"
	case ".png":
		return "image/png"
	case ".woff2":
		return "font/woff2"
	}
	return "application/octet-stream"
}
