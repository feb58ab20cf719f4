package markdown

import (
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/net/html"
)

// What may be in the HTML of this package: written down a second time, so that
// a mistake in the policy does not excuse itself.
var (
	allowedElements = strings.Fields("html head body h1 h2 h3 h4 h5 h6 p ul ol li blockquote pre code em strong del br hr sup " +
		"table thead tbody tr th td section a span img")
	allowedValues = map[string]*regexp.Regexp{
		"class":         regexp.MustCompile(`^[\w #.+-]+$`),
		"id":            regexp.MustCompile(`^(h-|fn-|fnref-)`),
		"data-line":     regexp.MustCompile(`^[1-9]\d*$`),
		"data-offset":   regexp.MustCompile(`^\d+$`),
		"data-index":    regexp.MustCompile(`^\d+$`),
		"data-state":    regexp.MustCompile(`^(open|claimed|done|waived|recheck)$`),
		"role":          regexp.MustCompile(`^(checkbox|doc-noteref|doc-backlink|doc-endnotes)$`),
		"tabindex":      regexp.MustCompile(`^0$`),
		"aria-checked":  regexp.MustCompile(`^(true|false|mixed)$`),
		"aria-disabled": regexp.MustCompile(`^true$`),
		"aria-label":    regexp.MustCompile(``),
		"title":         regexp.MustCompile(``),
		"alt":           regexp.MustCompile(``),
		"start":         regexp.MustCompile(`^\d+$`),
		"align":         regexp.MustCompile(`^(left|right|center)$`),
		"rel":           regexp.MustCompile(`^noopener noreferrer$`),
		"href":          regexp.MustCompile(`^(https?://\S+|mailto:\S+|#(h|fn|fnref)-\S*)$`),
		"src":           regexp.MustCompile(`^data:image/(png|jpeg|gif|webp);base64,`),
	}
)

// checkSafe fails when HTML holds anything that could run or be fetched.
func checkSafe(t interface{ Fatalf(string, ...any) }, source, out string) {
	if !utf8.ValidString(out) {
		t.Fatalf("the HTML of %q is not valid UTF-8: %q", source, out)
	}
	if strings.Contains(strings.ToLower(out), "<script") {
		t.Fatalf("the HTML of %q has a script: %q", source, out)
	}
	root, err := html.Parse(strings.NewReader(out))
	if err != nil {
		t.Fatalf("the HTML of %q cannot be read: %v", source, err)
	}
	for n := range root.Descendants() {
		switch n.Type {
		case html.TextNode:
			continue
		case html.ElementNode:
		default:
			t.Fatalf("the HTML of %q has a node of type %d: %q", source, n.Type, out)
		}
		if n.Namespace != "" || !contains(allowedElements, n.Data) {
			t.Fatalf("the HTML of %q has the element %s: %q", source, n.Data, out)
		}
		for _, a := range n.Attr {
			if allowed := allowedValues[a.Key]; allowed == nil || !allowed.MatchString(a.Val) {
				t.Fatalf("the HTML of %q has %s=%q: %q", source, a.Key, a.Val, out)
			}
			if a.Key == "href" && !strings.HasPrefix(a.Val, "#") && attribute(n, "rel") == "" {
				t.Fatalf("the HTML of %q has a link without rel: %q", source, out)
			}
		}
	}
}

func contains(list []string, s string) bool {
	for _, entry := range list {
		if entry == s {
			return true
		}
	}
	return false
}

func attribute(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

// seeds are texts that have all the parts fuzzing can play with.
func seeds() []string {
	return []string{
		"", "# A\n\ntext **b** _i_ ~~s~~ `c` [l](https://x.org \"t\") ![i](p.png) <https://x.org>\n",
		"- [ ] a\n  - [x] b\n\n> 1. [X] c\r\n", "\ufeff- [ ] a\r- [x] b", "| a | b |\n|---|:-:|\n| `x\\|y` | <b> |\n",
		"a[^1]\n\n[^1]: note\n\n    - [ ] in it\n", "<div onclick=x>\n<script>alert(1)</script>\n\n<!-- c -->", "[x](javascript:a) [y](java&#115;cript:b)\n",
		"![x](data:image/png;base64,AAAA)\n\n[r]: javascript:x 'y'\n[r]", "```js\n</code><script>\n```\n    code\n", "A\n=\nB\n-\n***\n", "\x00\xff\xfe \u2028 \u202e",
		"<think>\nhm\n</think>\n```markdown\n# A\n```", strings.Repeat(">", 40) + strings.Repeat("- ", 40) + strings.Repeat("[", 40) + strings.Repeat("*a_", 40),
	}
}

func FuzzRender(f *testing.F) {
	for _, seed := range seeds() {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, src string) {
		out := Render(src, Options{Items: Items(src), Interactive: true})
		checkSafe(t, src, out)
		s := write(src, 7)
		for _, block := range s.Blocks() {
			checkSafe(t, src, block.HTML)
		}
		if s.Finish() != Render(src, Options{}) || s.End()+len(s.Tail()) != len(src) {
			t.Fatalf("the stream of %q does not end as the whole", src)
		}
		SplitThinking(src)
		Plain(src, 40)
		Words(src)
	})
}

func FuzzItems(f *testing.F) {
	for _, seed := range seeds() {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, src string) {
		items := Items(src)
		if len(items) > 0 && !MayHaveBoxes(src) {
			t.Fatalf("%q has boxes, and MayHaveBoxes says no", src)
		}
		if n := strings.Count(Render(src, Options{}), `class="box"`); n != len(items) {
			t.Fatalf("%q has %d items and shows %d boxes", src, len(items), n)
		}
		for i, item := range items {
			turned, err := SetMark(src, item.Offset, !item.Marked)
			if err != nil {
				t.Fatalf("SetMark(%q, %d): %v", src, item.Offset, err)
			}
			if len(turned) != len(src) || turned[:item.Offset] != src[:item.Offset] || turned[item.Offset+1:] != src[item.Offset+1:] || turned == src {
				t.Fatalf("SetMark changed more than the mark of item %d: %q became %q", i, src, turned)
			}
			back, err := SetMark(turned, item.Offset, item.Marked)
			if err != nil || back != src[:item.Offset]+strings.ToLower(src[item.Offset:item.Offset+1])+src[item.Offset+1:] {
				t.Fatalf("SetMark there and back made %q of %q: %v", back, src, err)
			}
		}
		at := 0
		for i, s := range Sections(src) {
			if i > 0 && s.Start < at || s.Body < s.Start || s.End < s.Body || s.End > len(src) {
				t.Fatalf("section %d of %q is %+v", i, src, s)
			}
			at = s.Body
		}
	})
}

func FuzzMerge(f *testing.F) {
	for _, seed := range seeds() {
		f.Add(seed, "# A\n\nother\n\n## B\n")
	}
	f.Add(currentText, candidateText)
	f.Fuzz(func(t *testing.T, current, candidate string) { checkMerge(t, current, candidate) })
}
