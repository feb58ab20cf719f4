// Package markdown owns what Plumbline reads from and shows of Markdown: safe
// HTML, task boxes, sections, findings, plans and requests, comparison and merging.
//
// Everything it is given is untrusted. Raw HTML is shown as text, remote images
// are named instead of loaded, links are http, https and mailto only, and what
// was rendered passes a narrow policy of elements and attributes once more.
// Offsets are always bytes of the text as it was given, a byte order mark and
// carriage returns included. No function panics or hangs on any text.
package markdown
