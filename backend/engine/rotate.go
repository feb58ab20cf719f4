package engine

import (
	"time"

	"plumbline/backend/workflow"
)

// backupEvery is how often a backup is made without being asked for.
const backupEvery = 24 * time.Hour

// surplus returns the automatic backups that are not to be kept: of the newest
// days that have one, and of the newest weeks, the last one of each stays. list
// is in order, the newest first. Backups that somebody asked for always stay.
func surplus(list []workflow.Backup, days, weeks int) []workflow.Backup {
	gone := []workflow.Backup{}
	keptDays, keptWeeks := map[string]bool{}, map[[2]int]bool{}
	for _, b := range list {
		if !b.Auto {
			continue
		}
		day := b.At.UTC().Format(time.DateOnly)
		year, week := b.At.UTC().ISOWeek()
		keep := false
		if !keptDays[day] && len(keptDays) < days {
			keptDays[day], keep = true, true
		}
		if w := [2]int{year, week}; !keptWeeks[w] && len(keptWeeks) < weeks {
			keptWeeks[w], keep = true, true
		}
		if !keep {
			gone = append(gone, b)
		}
	}
	return gone
}

// backupDue reports whether something has changed since the newest backup, and
// that one is old enough.
func backupDue(list []workflow.Backup, changed, now time.Time) bool {
	if changed.IsZero() {
		return false
	}
	for _, b := range list {
		if b.Auto {
			return changed.After(b.At) && now.Sub(b.At) >= backupEvery
		}
	}
	return true
}
