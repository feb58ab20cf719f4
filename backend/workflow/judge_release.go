package workflow

import (
	"fmt"
	"time"
)

// ApprovedBy returns the approval of a phase that holds for this version of its
// output, or nil. Ticks do not undo it; any other change does, and so does
// reopening the gate or rolling back.
func ApprovedBy(records []GateRecord, phase string, out Version) *GateRecord {
	var last *GateRecord
	for i, r := range records {
		if r.Phase != phase {
			continue
		}
		switch r.Action {
		case ActApprove:
			last = &records[i]
		case ActReopen, ActUnfreeze, ActChange, ActRound:
			last = nil
		}
	}
	if last == nil || out.Number == 0 || last.Hash != out.BasisHash {
		return nil
	}
	return last
}

func judgeApproval(f Facts, c *Condition) {
	c.Judged = true
	out := f.Heads[f.Phase.Output]
	c.Path = f.Phase.Output
	switch {
	case c.unwritten(f):
	case ApprovedBy(f.Records, f.Phase.ID, out) != nil:
		c.State, c.Value = CondMet, fmt.Sprintf("v%d", out.Number)
	default:
		c.lacks(CondWaiting, DoApprove, fmt.Sprintf("v%d is not approved", out.Number), fmt.Sprintf("read v%d and approve it", out.Number))
	}
}

// Bake is how long something has been in production, and how it has done.
type Bake struct {
	// Promoted is the promotion that stands; nil when there is none, or it was rolled back.
	Promoted *GateRecord
	// Until is when it has been there for long enough.
	Until time.Time
	// Healthy is the last time that somebody marked the figures as healthy since then.
	Healthy *GateRecord
	// Back is the rollback that ended the promotion before, if nothing was promoted since.
	Back *GateRecord
}

// Proven reports whether it was watched for the whole time: the figures were marked
// as healthy when the time had passed.
func (b Bake) Proven() bool {
	return b.Promoted != nil && b.Healthy != nil && !b.Healthy.At.Before(b.Until)
}

// Baking says how long the output of a phase has been in production, out of hours.
func Baking(records []GateRecord, phase string, hours int) Bake {
	var b Bake
	if hours <= 0 {
		hours = BakeHours
	}
	for i, r := range records {
		if r.Phase != phase {
			continue
		}
		switch r.Action {
		case ActPromote:
			b = Bake{Promoted: &records[i], Until: r.At.Add(time.Duration(hours) * time.Hour)}
		case ActHealthy:
			if b.Promoted != nil {
				b.Healthy = &records[i]
			}
		case ActRollback:
			b = Bake{Back: &records[i]}
		case ActRound:
			b = Bake{}
		}
	}
	return b
}

func judgeBake(f Facts, c *Condition, rule ConditionRule) {
	c.Judged = true
	b := Baking(f.Records, f.Phase.ID, rule.Hours)
	if b.Promoted == nil {
		c.lacks(CondWaiting, DoPromote, "It is not promoted to production yet", "promote it, and watch it")
		if b.Back != nil {
			c.lacks(CondFailed, DoPromote, "It was rolled back: "+trimStop(b.Back.Reason), "mend the release, pass its gate, and promote it again")
		}
		return
	}
	hours := int(b.Until.Sub(b.Promoted.At) / time.Hour)
	until := b.Until
	c.Until = &until
	switch {
	case b.Proven():
		c.State, c.Value = CondMet, fmt.Sprintf("%d h", hours)
	case f.Now.Before(b.Until):
		spent := max(int(f.Now.Sub(b.Promoted.At)/time.Hour), 0)
		c.Value = fmt.Sprintf("%d/%d h", spent, hours)
		c.lacks(CondRunning, DoBake, fmt.Sprintf("It has been in production for %d of %d hours", spent, hours), "watch its figures until the time has passed")
	default:
		c.Value = fmt.Sprintf("%d h", hours)
		c.lacks(CondWaiting, DoHealthy, "Nobody has said that the figures have held", "mark the figures as healthy, or roll back")
	}
}

// Approves returns the phase before another one in which a release is approved:
// the one that a rollback opens again.
func (w Workflow) Approves(id string) (Phase, bool) {
	var before Phase
	found := false
	for _, p := range w.Phases {
		if p.ID == id {
			break
		}
		for _, rule := range p.Gate {
			if rule.Kind == CondApproval {
				before, found = p, true
			}
		}
	}
	return before, found
}

// Asks reports whether the gate of a phase has a condition of a kind, and returns the first.
func (p Phase) Asks(kind ConditionKind) (ConditionRule, bool) {
	for _, rule := range p.Gate {
		if rule.Kind == kind {
			return rule, true
		}
	}
	return ConditionRule{}, false
}
