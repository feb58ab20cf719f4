package markdown

import (
	"regexp"

	"github.com/microcosm-cc/bluemonday"
)

// newPolicy is the second line of defence: whatever the renderer may get wrong,
// only these elements and attributes leave the package.
func newPolicy() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("h1", "h2", "h3", "h4", "h5", "h6", "p", "ul", "ol", "li", "blockquote", "pre", "code",
		"em", "strong", "del", "br", "hr", "sup", "table", "thead", "tbody", "tr", "th", "td", "section")
	number := regexp.MustCompile(`^[0-9]{1,10}$`)
	p.AllowAttrs("data-line").Matching(number).OnElements(
		"h1", "h2", "h3", "h4", "h5", "h6", "p", "ul", "ol", "blockquote", "pre", "hr", "table", "section")
	p.AllowAttrs("start").Matching(number).OnElements("ol")
	p.AllowAttrs("align").Matching(regexp.MustCompile(`^(left|center|right)$`)).OnElements("th", "td")
	p.AllowAttrs("id").Matching(regexp.MustCompile(`^h-[\p{L}\p{N}\p{M}_-]*$`)).OnElements("h1", "h2", "h3", "h4", "h5", "h6")
	p.AllowAttrs("id").Matching(regexp.MustCompile(`^fn(ref)?-[0-9a-f]{8}-[0-9-]+$`)).OnElements("li", "sup")
	p.AllowAttrs("class").Matching(regexp.MustCompile(`^language-[A-Za-z0-9_+#.-]{1,40}$`)).OnElements("code")
	p.AllowAttrs("class").Matching(regexp.MustCompile(`^(html|part|html part)$`)).OnElements("pre", "p", "ul", "ol", "table", "blockquote")
	p.AllowAttrs("class").Matching(regexp.MustCompile(`^tasks( part)?$`)).OnElements("ul", "ol")
	p.AllowAttrs("class").Matching(regexp.MustCompile(`^(box|html|img-off|link-off)$`)).OnElements("span")
	p.AllowAttrs("class").Matching(regexp.MustCompile(`^task$`)).OnElements("li")
	p.AllowAttrs("class").Matching(regexp.MustCompile(`^footnotes$`)).OnElements("section")
	p.AllowAttrs("class").Matching(regexp.MustCompile(`^footnote-(ref|back)$`)).OnElements("a")
	allowBoxes(p, number)
	allowTargets(p)
	return p
}

func allowBoxes(p *bluemonday.Policy, number *regexp.Regexp) {
	state := regexp.MustCompile(`^(open|claimed|done|waived|recheck)$`)
	p.AllowAttrs("data-state").Matching(state).OnElements("li", "span")
	p.AllowAttrs("data-offset", "data-index").Matching(number).OnElements("span")
	p.AllowAttrs("role").Matching(regexp.MustCompile(`^checkbox$`)).OnElements("span")
	p.AllowAttrs("tabindex").Matching(regexp.MustCompile(`^0$`)).OnElements("span")
	p.AllowAttrs("aria-checked").Matching(regexp.MustCompile(`^(true|false|mixed)$`)).OnElements("span")
	p.AllowAttrs("aria-disabled").Matching(regexp.MustCompile(`^true$`)).OnElements("span")
	p.AllowAttrs("aria-label").OnElements("span", "a")
}

func allowTargets(p *bluemonday.Policy) {
	p.RequireParseableURLs(true)
	p.AllowURLSchemes("http", "https", "mailto")
	p.AllowRelativeURLs(true) // the pattern of href lets through fragments alone
	p.AllowDataURIImages()
	p.AllowAttrs("href").Matching(regexp.MustCompile(`^(https?://|mailto:|#(h|fn|fnref)-)`)).OnElements("a")
	p.AllowAttrs("rel").Matching(regexp.MustCompile(`^noopener noreferrer$`)).OnElements("a")
	p.AllowAttrs("role").Matching(regexp.MustCompile(`^doc-(noteref|backlink)$`)).OnElements("a")
	p.AllowAttrs("role").Matching(regexp.MustCompile(`^doc-endnotes$`)).OnElements("section")
	p.AllowAttrs("title").OnElements("a", "img", "span")
	p.AllowAttrs("alt").OnElements("img")
	p.AllowAttrs("src").Matching(regexp.MustCompile(`^data:image/(png|jpeg|gif|webp);base64,`)).OnElements("img")
}
