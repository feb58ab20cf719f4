package workflow

import "time"

// DueAt says when a practice prompt is next due in a project; ok is false when it
// never is, as without a launch date or when it was run for it already. A daily one
// is due at the beginning of a day on which it was not run, a weekly one seven days
// after it was run; of a project that never ran it, a day or a week after the start.
// Days are those of the clock's own time zone.
func DueAt(d Due, launch string, started, last, now time.Time) (at time.Time, ok bool) {
	if d.Every != "" {
		from := last
		if from.IsZero() {
			from = started
		}
		days := 1
		if d.Every == "week" {
			days = 7
		}
		return startOfDay(from.In(now.Location())).AddDate(0, 0, days), true
	}
	day, err := time.ParseInLocation(time.DateOnly, launch, now.Location())
	if d.Launch == 0 || err != nil {
		return time.Time{}, false
	}
	at = day.AddDate(0, 0, d.Launch)
	missed := d.Launch < 0 && now.After(day.AddDate(0, 0, 1)) // what comes before the launch is no use after it
	return at, last.Before(at) && !missed
}

func startOfDay(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, t.Location())
}
