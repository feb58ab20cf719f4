package server

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"sync"

	"plumbline/backend/workflow"
)

// maxLinks is how many unused links are kept; the oldest goes first.
const maxLinks = 8

// Guard lets in the browser of the user who read a link in the terminal, and
// nobody else: no other program of this machine that only knows the port, and
// no foreign page in the same browser.
//
// A link holds a token that works once and becomes a cookie. Each request must
// then show the cookie, a Host that is this server, which ends DNS rebinding,
// and, if it writes, an Origin that is this server and JSON as its type.
type Guard struct {
	port    int
	session string

	mu    sync.Mutex
	links [][sha256.Size]byte // of tokens not used yet
}

// NewGuard guards a server that listens on a loopback port.
func NewGuard(port int) *Guard { return &Guard{port: port, session: rand.Text()} }

// Link makes an address that lets one browser in, once.
func (g *Guard) Link() string {
	token := rand.Text()
	g.mu.Lock()
	defer g.mu.Unlock()
	g.links = append(g.links, sha256.Sum256([]byte(token)))
	if len(g.links) > maxLinks {
		g.links = g.links[1:]
	}
	return fmt.Sprintf("http://127.0.0.1:%d/?token=%s", g.port, token)
}

// redeem reports whether a token is one of a link, and uses it up.
func (g *Guard) redeem(token string) bool {
	sum := sha256.Sum256([]byte(token))
	g.mu.Lock()
	defer g.mu.Unlock()
	found := -1
	for i := range g.links {
		if subtle.ConstantTimeCompare(g.links[i][:], sum[:]) == 1 {
			found = i
		}
	}
	if found < 0 {
		return false
	}
	g.links = slices.Delete(g.links, found, found+1)
	return true
}

// Wrap returns next behind the guard.
func (g *Guard) Wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if status, err := g.check(r); err != nil {
			writeJSON(w, status, err)
			return
		}
		token := r.URL.Query().Get("token")
		arriving := r.Method == http.MethodGet && r.URL.Path == "/" && token != ""
		switch {
		case arriving && g.redeem(token):
			http.SetCookie(w, &http.Cookie{
				Name: g.cookie(), Value: g.session, Path: "/",
				HttpOnly: true, SameSite: http.SameSiteStrictMode,
			})
			fallthrough
		case arriving && g.known(r):
			w.Header().Set("Cache-Control", "no-store")
			w.Header().Set("Referrer-Policy", "no-referrer")
			http.Redirect(w, r, "/", http.StatusSeeOther)
		case g.known(r):
			next.ServeHTTP(w, r)
		default:
			refuse(w, r)
		}
	})
}

// check refuses what a browser would only send for somebody else.
func (g *Guard) check(r *http.Request) (status int, err *workflow.Error) {
	if !slices.Contains(g.hosts(), r.Host) {
		return http.StatusForbidden, workflow.Errorf(workflow.Unauthorized, "This is not the server of %s.", r.Host)
	}
	writes := r.Method != http.MethodGet && r.Method != http.MethodHead
	origin := r.Header.Get("Origin")
	if (writes || origin != "") && !slices.ContainsFunc(g.hosts(), func(h string) bool { return origin == "http://"+h }) {
		return http.StatusForbidden, workflow.Errorf(workflow.Unauthorized, "Only Plumbline's own pages may ask this.")
	}
	media, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	wanted := "application/json"
	if r.URL.Path == importPath {
		wanted = archiveType // which no form can send either
	}
	// A DELETE has no body to declare, and no form can send one.
	if writes && r.Method != http.MethodDelete && media != wanted {
		return http.StatusUnsupportedMediaType, workflow.Errorf(workflow.Invalid, "Requests that change something must be JSON, and imports a ZIP file.")
	}
	return 0, nil
}

func (g *Guard) hosts() []string {
	port := strconv.Itoa(g.port)
	return []string{"127.0.0.1:" + port, "localhost:" + port, "[::1]:" + port}
}

// cookie is named by port, because cookies are shared by all ports of a host.
func (g *Guard) cookie() string { return fmt.Sprintf("plumbline-%d", g.port) }

func (g *Guard) known(r *http.Request) bool {
	c, err := r.Cookie(g.cookie())
	return err == nil && subtle.ConstantTimeCompare([]byte(c.Value), []byte(g.session)) == 1
}

// refuse answers who has no cookie: with a page for people, with an error for programs.
func refuse(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path != "/" {
		writeError(w, workflow.Errorf(workflow.Unauthorized, "This page is not signed in any more.").
			WithHint("Run “plumbline serve” again and open the link it prints."))
		return
	}
	setPageHeaders(w.Header())
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusUnauthorized)
	_, _ = w.Write([]byte(refusal))
}

const refusal = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Plumbline</title>
<h1>This page needs a link</h1>
<p>Each link works once, in one browser. Run <code>plumbline serve</code> in a terminal and open the link it prints.</p>
</html>
`
