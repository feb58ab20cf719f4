package engine

import (
	"context"
	"slices"
	"sort"
	"time"

	"plumbline/backend/store"
	"plumbline/backend/workflow"
)

// picture is what the rules need to know of a project at one moment, read in
// one transaction. It holds the artifacts that the workflow looks at.
type picture struct {
	project    workflow.Project
	workflow   workflow.Workflow // with the outputs of the round that each phase is at
	named      workflow.Workflow // with the outputs as its file names them
	heads      map[string]workflow.Version
	items      map[string][]workflow.Item
	sections   map[string][]workflow.Section
	records    []workflow.GateRecord   // those in force
	acts       []workflow.GateRecord   // all there are
	plan       workflow.PlanView       // without what runs there were; no steps where there is no plan
	opened     map[string]bool         // phases that a trigger has opened before their turn
	runs       map[string]workflow.Run // basis runs by id
	active     map[string]workflow.Run // by phase
	waiting    []workflow.Run          // for a paste, the newest first
	candidates []workflow.Candidate    // that are still to be decided, the newest first
	questions  int
	lines      lines
	findings   []workflow.Finding
	filings    []workflow.Filing // the oldest first
}

// lines say what the texts of a project were made from, and what has changed since.
type lines struct {
	bases   map[string]workflow.Basis
	behind  map[string][]workflow.Cause
	written map[string]time.Time // of the artifacts that somebody asks for
	now     time.Time
}

func (e *Engine) picture(tx *store.Tx, projectID string) (picture, error) {
	pic, err := e.outline(tx, projectID)
	if err != nil {
		return pic, err
	}
	pic.heads, pic.items = map[string]workflow.Version{}, map[string][]workflow.Item{}
	pic.sections, pic.runs = map[string][]workflow.Section{}, map[string]workflow.Run{}
	pic.active, pic.questions = map[string]workflow.Run{}, e.currentSettings().OpenQuestions
	wf := pic.workflow
	t := e.reading(tx, projectID)
	if err := t.load(); err != nil {
		return pic, err
	}
	for _, path := range relevant(wf) {
		v, ok, err := tx.Head(projectID, path)
		if err != nil {
			return pic, err
		}
		if !ok {
			continue
		}
		if err := e.addHead(t, &pic, v); err != nil {
			return pic, err
		}
	}
	if err := e.standPlan(&pic, t.body); err != nil {
		return pic, err
	}
	if pic.lines, err = t.lines(pic, e.opt.Now()); err != nil {
		return pic, err
	}
	if pic.findings, err = tx.Findings(projectID); err != nil {
		return pic, err
	}
	if pic.filings, err = tx.Filings(projectID); err != nil {
		return pic, err
	}
	if pic.candidates, err = tx.OpenCandidates(projectID); err != nil {
		return pic, err
	}
	return pic, addActive(tx, &pic)
}

// outline is the picture of a project without anything that happened in it.
func (e *Engine) outline(tx *store.Tx, projectID string) (pic picture, err error) {
	pic.project, err = tx.Project(projectID)
	if projectID == workflow.LibraryID && workflow.CodeOf(err) == workflow.NotFound {
		pic.project, err = libraryProject(), nil
	}
	if err != nil {
		return pic, err
	}
	if projectID == workflow.LibraryID {
		pic.workflow = workflow.Workflow{Title: pic.project.Name, Phases: []workflow.Phase{}}
		return pic, nil
	}
	wf, ok := e.lib().Workflow(pic.project.WorkflowID)
	if !ok {
		return pic, workflow.Errorf(workflow.NotFound, "The workflow “%s” of %s is not in the library.", pic.project.WorkflowID, pic.project.Name).
			WithHint("Put its file back, or update Plumbline.")
	}
	if pic.acts, err = tx.GateRecords(projectID); err != nil {
		return pic, err
	}
	pic.named, pic.workflow, pic.records = wf, wf.AtRound(pic.acts), wf.InForce(pic.acts)
	return pic, nil
}

// relevant lists the paths that the phases and gates of a workflow look at. A
// project may hold any number of other artifacts.
func relevant(wf workflow.Workflow) []string {
	paths := []string{ideaPath}
	add := func(path string) {
		if path != "" && !slices.Contains(paths, path) {
			paths = append(paths, path)
		}
	}
	for _, p := range wf.Phases {
		add(p.Output)
		for _, rule := range p.Gate {
			add(rule.Path)
		}
	}
	return paths
}

func (e *Engine) addHead(t *reading, pic *picture, v workflow.Version) error {
	pic.heads[v.Path] = v
	p, err := e.parsedHead(t.tx, v)
	if err != nil {
		return err
	}
	if pic.items[v.Path], err = t.judged(v, p); err != nil {
		return err
	}
	pic.sections[v.Path] = p.sections
	return addBasis(t.tx, pic.runs, v)
}

// addBasis adds the run that a version rests on. One that damage has taken, and no
// repair could bring back, is passed over: the document must still open.
func addBasis(tx *store.Tx, runs map[string]workflow.Run, v workflow.Version) error {
	if v.BasisID == "" {
		return nil
	}
	run, err := tx.Run(v.BasisID)
	if workflow.CodeOf(err) == workflow.NotFound {
		return nil
	}
	runs[v.BasisID] = run
	return err
}

// addActive adds the runs that have not ended. Of a phase, one that is writing
// counts before those that wait for a paste, and of these the newest.
func addActive(tx *store.Tx, pic *picture) error {
	active, err := tx.ActiveRuns()
	for _, r := range active { // the newest first
		if r.ProjectID != pic.project.ID {
			continue
		}
		if r.State == workflow.RunWaiting {
			pic.waiting = append(pic.waiting, r)
		}
		if old, ok := pic.active[r.Phase]; !ok || old.State == workflow.RunWaiting && r.State != workflow.RunWaiting {
			pic.active[r.Phase] = r
		}
	}
	return err
}

// facts are what the gate of a phase is judged from.
func (pic picture) facts(p workflow.Phase) workflow.Facts {
	f := workflow.Facts{
		ProjectID: pic.project.ID, Workflow: pic.workflow, Phase: p, Heads: pic.heads, Items: pic.items,
		Sections: pic.sections, Records: pic.records, Questions: pic.questions,
		Bases: pic.lines.bases, Behind: pic.lines.behind, Written: pic.lines.written, Now: pic.lines.now, Plan: pic.plan,
		Findings: pic.findings, Filings: pic.filings,
	}
	if run, ok := pic.runs[pic.heads[p.Output].BasisID]; ok {
		f.Basis = &run
	}
	if run, ok := pic.active[p.ID]; ok && run.State != workflow.RunWaiting {
		f.Active = &run
	}
	return f
}

// gate judges the gate of a phase now.
func (pic picture) gate(p workflow.Phase) workflow.Gate {
	g := workflow.Judge(pic.facts(p))
	if current, ok := pic.workflow.Current(pic.records); ok && current.ID == p.ID {
		g.State = workflow.PhaseCurrent
	}
	return g
}

func (pic picture) stale(p workflow.Phase) bool {
	return len(pic.lines.behind[p.Output]) > 0
}

// overview computes where every phase stands.
func (pic picture) overview() workflow.Overview {
	o := workflow.Overview{Project: pic.project, WorkflowTitle: pic.workflow.Title, Phases: []workflow.PhaseStatus{}}
	current, ok := pic.workflow.Current(pic.records)
	if ok {
		o.Current = current.ID
	}
	for _, p := range pic.workflow.Phases {
		g := pic.gate(p)
		s := workflow.PhaseStatus{
			ID: p.ID, Title: p.Title, Summary: p.Summary, Kind: p.Kind, Prompted: p.Prompt != "", Output: p.Output,
			Strip: p.Strip, Optional: p.Optional, State: g.State, Version: g.Version, Frozen: g.Frozen,
			Stale: pic.stale(p), Behind: len(pic.lines.behind[p.Output]), Missing: g.Missing, Total: len(g.Conditions),
		}
		if causes := pic.lines.behind[p.Output]; len(causes) > 0 {
			s.Cause = causes[0].Sentence() + "."
		}
		s.Ahead = pic.reached(p) == nil && pic.inTurn(p) != nil
		if p.ID == o.Current {
			o.GateOpen = g.Open
		}
		if run, ok := pic.active[p.ID]; ok {
			s.RunID, s.RunState = run.ID, run.State
		}
		s.CandidateID = pic.openCandidate(p.ID)
		for _, it := range pic.items[p.Output] {
			s.Boxes++
			if it.State == workflow.ItemDone || it.State == workflow.ItemWaived {
				s.Done++
			}
		}
		o.Phases = append(o.Phases, s)
	}
	return o
}

// openCandidate returns the newest open candidate of a phase, or "".
func (pic picture) openCandidate(phase string) string {
	for _, c := range pic.candidates {
		if c.Phase == phase {
			return c.RunID
		}
	}
	return ""
}

// Projects lists the projects with their state, the last touched first. One that
// cannot be read is listed with the reason, and does not hide the others.
func (e *Engine) Projects(context.Context) ([]workflow.Overview, error) {
	list := []workflow.Overview{}
	err := e.store.View(func(tx *store.Tx) error {
		projects, err := projectsOf(tx)
		if err != nil {
			return err
		}
		for _, p := range projects {
			o := workflow.Overview{Project: p, Phases: []workflow.PhaseStatus{}}
			pic, err := e.picture(tx, p.ID)
			if err == nil {
				o, err = e.overview(tx, pic)
			}
			if err != nil {
				o.Next = workflow.Describe(err).Message
			}
			list = append(list, o)
		}
		return nil
	})
	sort.SliceStable(list, func(i, j int) bool { return list[i].Project.UpdatedAt.After(list[j].Project.UpdatedAt) })
	return list, err
}

// Overview returns a project with the computed state of its phases.
func (e *Engine) Overview(_ context.Context, projectID string) (o workflow.Overview, err error) {
	err = e.store.View(func(tx *store.Tx) error {
		pic, err := e.picture(tx, projectID)
		if err == nil {
			o, err = e.overview(tx, pic)
		}
		return err
	})
	return o, err
}

// overview computes where every phase stands, and what to do now.
func (e *Engine) overview(tx *store.Tx, pic picture) (workflow.Overview, error) {
	o := pic.overview()
	var err error
	o.ToDo, err = e.toDo(tx, pic)
	o.Next = o.ToDo.Text
	return o, err
}

// look reads the picture of a project in a transaction of its own.
func (e *Engine) look(projectID string) (pic picture, err error) {
	err = e.store.View(func(tx *store.Tx) error {
		pic, err = e.picture(tx, projectID)
		return err
	})
	return pic, err
}

// lookAt is look, and finds a phase.
func (e *Engine) lookAt(projectID, phase string) (picture, workflow.Phase, error) {
	pic, err := e.look(projectID)
	if err != nil {
		return pic, workflow.Phase{}, err
	}
	p, err := pic.phase(phase)
	return pic, p, err
}

// phaseOf returns the phase that a run is part of. A run of a prompt of the library
// is part of none: what stands for it has the document that the answer is for.
func (pic picture) phaseOf(r workflow.Run) (workflow.Phase, error) {
	if r.Phase == "" {
		return loosePhase(r.PromptID, r.Output), nil
	}
	return pic.phase(r.Phase)
}

// loosePhase stands for a phase where a prompt runs outside of any.
func loosePhase(title, output string) workflow.Phase {
	return workflow.Phase{Title: title, Kind: workflow.KindDocument, Output: output, Gate: []workflow.ConditionRule{}}
}

func (pic picture) phase(id string) (workflow.Phase, error) {
	p, ok := pic.workflow.Phase(id)
	if !ok {
		return p, workflow.Errorf(workflow.NotFound, "%s has no phase “%s”.", pic.project.Name, id).
			WithHint("Its phases are %s.", phaseList(pic.workflow))
	}
	return p, nil
}

func phaseList(w workflow.Workflow) string {
	list := ""
	for i, p := range w.Phases {
		if i > 0 {
			list += ", "
		}
		list += p.ID
	}
	return list
}

// reached returns an error when work in the phase may not begin yet: it is neither
// its turn, nor that of a phase it takes turns with, nor has a trigger opened it.
func (pic picture) reached(p workflow.Phase) error {
	if pic.opened[p.ID] || pic.workflow.TakesTurns(p.ID, pic.records) {
		return nil
	}
	return pic.inTurn(p)
}

// inTurn returns an error when the gates before a phase are not all passed.
func (pic picture) inTurn(p workflow.Phase) error {
	if ok, before := pic.workflow.Reached(p.ID, pic.records); !ok {
		return workflow.Errorf(workflow.Closed, "%s is not open yet: the gate of %s is not passed.", p.Title, before.Title).
			WithHint("Pass that gate first, or override it with a reason.")
	}
	return nil
}
