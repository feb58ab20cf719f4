/** Where the page remembers whether the gate is shown and how changes are. */
const key = 'plumbline.phase';

export interface Look {
  gate: boolean;
  diff: 'side' | 'inline';
}

const first: Look = { gate: true, diff: 'inline' };

export function readLook(): Look {
  try {
    const kept = JSON.parse(localStorage.getItem(key) ?? '{}') as Partial<Look>;
    return { gate: kept.gate ?? first.gate, diff: kept.diff === 'side' ? 'side' : first.diff };
  } catch {
    return first;
  }
}

export function keepLook(look: Look): void {
  try {
    localStorage.setItem(key, JSON.stringify(look));
  } catch {
    // Without storage the next start begins as the first one did.
  }
}
