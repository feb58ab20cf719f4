const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** How long ago: "just now", "12 min ago", "2 h ago", "yesterday", "3 days ago", then the date. */
export function ago(iso: string, now: number): string {
  const then = Date.parse(iso);
  if (!Number.isFinite(then) || then <= 0) return '';
  const past = now - then;
  if (past < minute) return 'just now';
  if (past < hour) return `${Math.floor(past / minute)} min ago`;
  const days = calendarDays(then, now);
  if (days === 0 || past < 6 * hour) return `${Math.floor(past / hour)} h ago`;
  if (days === 1) return 'yesterday';
  if (days < 7) return `${days} days ago`;
  return date(then, now);
}

/** A moment: "today 14:02", "yesterday 09:30", "Tuesday 10:12", "3 Oct", "3 Oct 2024". */
export function moment(iso: string, now: number): string {
  const then = Date.parse(iso);
  if (!Number.isFinite(then) || then <= 0) return '';
  const days = calendarDays(then, now);
  if (days <= 0) return `today ${clock(then)}`;
  if (days === 1) return `yesterday ${clock(then)}`;
  if (days < 7) return `${new Date(then).toLocaleDateString('en', { weekday: 'long' })} ${clock(then)}`;
  return date(then, now);
}

function clock(then: number): string {
  return new Date(then).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
}

function date(then: number, now: number): string {
  const at = new Date(then);
  const sameYear = at.getFullYear() === new Date(now).getFullYear();
  return at.toLocaleDateString('en-GB', { day: 'numeric', month: 'short', ...(sameYear ? {} : { year: 'numeric' }) });
}

function calendarDays(then: number, now: number): number {
  const midnight = (at: number): number => new Date(at).setHours(0, 0, 0, 0);
  return Math.round((midnight(now) - midnight(then)) / day);
}
