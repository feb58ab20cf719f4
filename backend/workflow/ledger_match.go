package workflow

import (
	"cmp"
	"slices"
)

// trace is what a finding can be told by.
type trace struct {
	print  string
	title  []int32 // words of the title, in order
	all    []int32 // and of everything else that is said of it
	body   []int32 // words of the problem alone
	places []string
}

// likeness says how sure it is that two findings are the same.
type likeness int

const (
	unlike   likeness = iota
	doubtful          // a person has to say
	alike
)

// Shares of words by which findings are told apart. They were chosen by the pairs
// of TestWhichFindingsAreTheSame.
const (
	mostWords = 0.8 // almost the same title
	manyWords = 0.6
	halfWords = 0.5
	someWords = 0.3 // with more that speaks for it
	explained = 0.75
	hinted    = 0.6
)

// lexicon numbers words.
type lexicon map[string]int32

func (l lexicon) numbers(words []string) []int32 {
	out := make([]int32, 0, len(words))
	for _, word := range words {
		n, ok := l[word]
		if !ok {
			n = int32(len(l))
			l[word] = n
		}
		out = append(out, n)
	}
	slices.Sort(out)
	return out
}

func (l lexicon) trace(title, category, location, problem, fix string) trace {
	t := trace{print: Fingerprint(title, category, location), places: places(location)}
	t.title, t.body = l.numbers(titleStems(title)), l.numbers(stems(problem))
	t.all = slices.Concat(t.title, t.body, l.numbers(stems(fix)), l.numbers(stems(location)))
	slices.Sort(t.all)
	t.all = slices.Compact(t.all)
	return t
}

// compare says how alike two findings are, and by how much, to choose the better of two.
func (t trace) compare(other trace) (likeness, float64) {
	if t.print == other.print {
		return alike, 2
	}
	share := overlap(t.title, other.title)
	here, there := ratio(common(t.title, other.all), len(t.title)), ratio(common(other.title, t.all), len(other.title))
	told := min(here, there)          // how much of each title the other one says somewhere
	contrary := here < 1 && there < 1 // each says something that the other one does not know of
	where := comparePlaces(t.places, other.places)
	score := share + told/2 + float64(where)/4
	switch where {
	case samePlaces:
		switch {
		case share >= halfWords && !contrary, told >= explained && share >= someWords && !contrary:
			return alike, score
		case share >= someWords, told >= hinted && share > 0:
			return doubtful, score
		}
	case unknownPlaces:
		switch {
		case share >= manyWords && !contrary:
			return alike, score
		case share >= halfWords, told >= explained && share >= someWords:
			return doubtful, score
		}
	case otherPlaces:
		moved := overlap(t.body, other.body) >= halfWords
		switch {
		case share >= mostWords && !contrary && moved:
			return alike, score
		case share >= manyWords && !contrary:
			return doubtful, score
		}
	}
	return unlike, score
}

// nearness of what two findings name as their place.
type nearness int

const (
	otherPlaces nearness = iota
	unknownPlaces
	samePlaces
)

// comparePlaces compares places. A file of the same name in another folder may have moved.
func comparePlaces(a, b []string) nearness {
	if len(a) == 0 || len(b) == 0 {
		return unknownPlaces
	}
	near := otherPlaces
	for _, p := range a {
		for _, q := range b {
			if p == q {
				return samePlaces
			}
			if base(p) == base(q) {
				near = unknownPlaces
			}
		}
	}
	return near
}

func base(path string) string {
	for i := len(path) - 1; i >= 0; i-- {
		if path[i] == '/' {
			return path[i+1:]
		}
	}
	return path
}

// overlap is the share of all words of two ordered lists that both have.
func overlap[T cmp.Ordered](a, b []T) float64 {
	both := common(a, b)
	return ratio(both, len(a)+len(b)-both)
}

// common counts what is in both of two ordered lists.
func common[T cmp.Ordered](a, b []T) (n int) {
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] < b[j]:
			i++
		case a[i] > b[j]:
			j++
		default:
			n, i, j = n+1, i+1, j+1
		}
	}
	return n
}

func ratio(part, whole int) float64 {
	if whole == 0 {
		return 0
	}
	return float64(part) / float64(whole)
}

// ownScore puts what this very audit has reported before before everything else.
const ownScore = 4

// matcher finds findings again. What it knows of one is every report of it.
type matcher struct {
	words  lexicon
	traces []trace
	owner  []int             // the finding of each trace
	byWord map[int32][]int32 // traces by the words of their titles
	own    map[string]int    // the finding that this very audit has reported in such words
}

// maxAliases is how many reports of a finding are known it by, the first and the newest ones.
const maxAliases = 6

func newMatcher(known []Finding, filing string) *matcher {
	m := &matcher{words: lexicon{}, byWord: map[int32][]int32{}, own: map[string]int{}}
	for i, f := range known {
		own := m.words.trace(f.Title, f.Category, f.Location, f.Problem, f.Fix)
		m.add(i, own)
		seen := map[[3]string]string{{f.Title, f.Category, f.Location}: own.print}
		for j, s := range f.Sightings {
			if j > 0 && j <= len(f.Sightings)-maxAliases && s.Filing != filing {
				continue
			}
			words := [3]string{s.Title, s.Category, s.Location}
			print, known := seen[words]
			if !known {
				t := m.words.trace(s.Title, s.Category, s.Location, f.Problem, f.Fix)
				m.add(i, t)
				print, seen[words] = t.print, t.print
			}
			if s.Filing == filing {
				m.own[print] = i
			}
		}
	}
	return m
}

func (m *matcher) add(owner int, t trace) {
	n := int32(len(m.traces))
	m.traces, m.owner = append(m.traces, t), append(m.owner, owner)
	for _, word := range t.title {
		m.byWord[word] = append(m.byWord[word], n)
	}
}

// pair is a report and a finding that it may be of.
type pair struct {
	report, known int
	like          likeness
	score         float64
}

// match is what a report turned out to be.
type match struct {
	known int // -1 for a new one
	doubt int // the one that a new one may be; -1 for none
}

// match finds the findings that reports of one text are of. Each finding is
// reported once in a text, so no two reports are of the same; the surest goes
// first. What is only doubtful, or as likely one as another, is new with a doubt.
func (m *matcher) match(reports []trace) []match {
	pairs := []pair{}
	for i, r := range reports {
		pairs = m.pairs(pairs, i, r)
	}
	slices.SortFunc(pairs, func(a, b pair) int {
		return cmp.Or(cmp.Compare(b.like, a.like), cmp.Compare(b.score, a.score), a.known-b.known, a.report-b.report)
	})
	found, taken := make([]match, len(reports)), map[int]bool{}
	for i := range found {
		found[i] = match{-1, -1}
	}
	for _, p := range pairs {
		if p.like == alike && found[p.report].known < 0 && !taken[p.known] {
			found[p.report].known, taken[p.known] = p.known, true
		}
	}
	for _, p := range pairs {
		if f := &found[p.report]; f.known < 0 && f.doubt < 0 && !taken[p.known] {
			f.doubt = p.known
		}
	}
	return found
}

// pairs adds the findings that a report may be of, each once.
func (m *matcher) pairs(pairs []pair, report int, r trace) []pair {
	best := map[int]pair{}
	looked := map[int32]bool{}
	for _, word := range r.title {
		for _, n := range m.byWord[word] {
			if looked[n] {
				continue
			}
			looked[n] = true
			like, score := r.compare(m.traces[n])
			p := pair{report, m.owner[n], like, score}
			if owner, ok := m.own[r.print]; ok && owner == p.known {
				p.like, p.score = alike, score+ownScore
			}
			if old, ok := best[p.known]; like > unlike && (!ok || p.like > old.like || p.like == old.like && p.score > old.score) {
				best[p.known] = p
			}
		}
	}
	for _, p := range best {
		pairs = append(pairs, p)
	}
	return pairs
}
