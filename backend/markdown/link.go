package markdown

import (
	"encoding/base64"
	"net/url"
	"strings"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/util"
)

// maxImage is the size of the largest image that a text may hold as a data URL.
const maxImage = 64 << 10

const linkRel = ` rel="noopener noreferrer"`

// link writes a link, or only its text when it leads nowhere we open.
func (w *writer) link(n *ast.Link) {
	if w.links > 0 || w.depth > maxInline {
		w.inlines(n)
		return
	}
	address := util.URLEscape(n.Destination, true)
	target := w.target(address)
	if target == "" {
		w.linkOff(n, string(address))
		return
	}
	w.links++
	w.anchor(target)
	if len(n.Title) > 0 {
		w.attribute("title", string(resolve(n.Title)))
	}
	w.raw(">")
	w.inlines(n)
	w.raw("</a>")
	w.links--
}

// linkOff writes the text of a link that cannot be opened, and tells where it
// leads when that is a place within the project.
func (w *writer) linkOff(n *ast.Link, address string) {
	w.raw(`<span class="link-off"`)
	if u, err := url.Parse(address); err == nil && u.Scheme == "" && u.Host == "" && address != "" {
		w.attribute("title", address)
	}
	w.raw(">")
	w.inlines(n)
	w.raw("</span>")
}

func (w *writer) autolink(n *ast.AutoLink) {
	address := string(n.URL(w.doc.src))
	if n.AutoLinkType == ast.AutoLinkEmail && !strings.HasPrefix(strings.ToLower(address), "mailto:") {
		address = "mailto:" + address
	}
	target := w.target(util.URLEscape([]byte(address), false))
	if target == "" || w.links > 0 {
		w.escaped(n.Label(w.doc.src))
		return
	}
	w.anchor(target)
	w.raw(">")
	w.escaped(n.Label(w.doc.src))
	w.raw("</a>")
}

// anchor writes the start of a link, up to further attributes.
func (w *writer) anchor(target string) {
	w.raw("<a")
	w.attribute("href", target)
	if !strings.HasPrefix(target, "#") {
		w.raw(linkRel)
	}
}

// image writes an image that the text itself holds. Any other is named, not loaded.
func (w *writer) image(n *ast.Image) {
	source := string(n.Destination)
	if smallImage(source) && w.depth <= maxInline {
		w.raw("<img")
		w.attribute("src", source)
		w.attribute("alt", w.doc.plain(n))
		if len(n.Title) > 0 {
			w.attribute("title", string(resolve(n.Title)))
		}
		w.raw(">")
		return
	}
	name := w.doc.plain(n)
	target := w.target(util.URLEscape(n.Destination, true))
	if name == "" {
		name = target
	}
	w.raw(`<span class="img-off">`)
	linked := strings.HasPrefix(target, "http") && w.links == 0
	if linked {
		w.anchor(target)
		w.raw(">")
	}
	w.escaped([]byte(name))
	if linked {
		w.raw("</a>")
	}
	w.raw("</span>")
}

// target returns where a link may lead: to the web, to a mail address, or to a
// heading of this document. It is empty for everything else.
func (w *writer) target(address []byte) string {
	s := strings.TrimSpace(string(address))
	if fragment, ok := strings.CutPrefix(s, "#"); ok && fragment != "" {
		return "#h-" + strings.TrimPrefix(fragment, "h-")
	}
	u, err := url.Parse(s)
	if err != nil {
		return ""
	}
	switch strings.ToLower(u.Scheme) {
	case "http", "https":
		if u.Host == "" {
			return ""
		}
	case "mailto":
		if u.Opaque == "" {
			return ""
		}
	default:
		return ""
	}
	return u.String()
}

// smallImage reports whether a source is an image that may be shown.
func smallImage(source string) bool {
	rest, ok := strings.CutPrefix(source, "data:image/")
	if !ok || len(source) > maxImage*4/3 {
		return false
	}
	kind, data, ok := strings.Cut(rest, ";base64,")
	if !ok {
		return false
	}
	switch kind {
	case "png", "jpeg", "gif", "webp":
	default:
		return false
	}
	_, err := base64.StdEncoding.DecodeString(data)
	return err == nil && data != ""
}
