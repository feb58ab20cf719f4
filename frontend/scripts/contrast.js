// Checks the contrast of the colour pairs the interface uses, in both themes
// (WCAG 2.2 AA: 4.5 for text, 3 for shapes). Exits with 1 when one falls short.
import { readFileSync } from 'node:fs';

const css = readFileSync(new URL('../src/styles/tokens.css', import.meta.url), 'utf8');

function colours(theme) {
  const block = css.match(new RegExp(`/\\* tokens:${theme} \\*/([\\s\\S]*?)/\\* end \\*/`))?.[1] ?? '';
  return Object.fromEntries([...block.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6})\s*;/gi)].map((m) => [m[1], m[2]]));
}

function luminance(hex) {
  const [r, g, b] = [1, 3, 5]
    .map((i) => parseInt(hex.slice(i, i + 2), 16) / 255)
    .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function ratio(a, b) {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (high + 0.05) / (low + 0.05);
}

const grounds = ['paper', 'surface', 'raised', 'sunken'];
const each = (fronts, backs, least) => fronts.flatMap((f) => backs.map((b) => [f, b, least]));
const pairs = [
  ...each(['ink', 'ink-2', 'ink-3'], [...grounds, 'hover', 'selected'], 4.5),
  ...each(['blue', 'brass-text', 'green', 'amber', 'red'], grounds, 4.5),
  ...each(['ink', 'ink-2'], ['chip', 'brass-soft', 'amber-soft', 'red-soft', 'blue-soft', 'add', 'del'], 4.5),
  ...each(['ink'], ['green-soft', 'add-strong', 'del-strong'], 4.5),
  ...each(['blue'], ['hover', 'selected', 'blue-soft'], 4.5),
  ...each(['green'], ['green-soft', 'add'], 4.5),
  ...each(['red'], ['red-soft', 'del'], 4.5),
  ...each(['amber'], ['amber-soft'], 4.5),
  ...each(['brass-text'], ['brass-soft'], 4.5),
  ...each(['on-blue'], ['blue-fill', 'blue-fill-hover'], 4.5),
  ...each(['on-brass'], ['brass-fill', 'brass-fill-hover'], 4.5),
  ...each(['on-red'], ['red-fill'], 4.5),
  ...each(['on-term'], ['term'], 4.5),
  ...each(['control', 'focus', 'brass', 'knot', 'p0', 'p1', 'p2', 'p3'], grounds, 3),
];

let short = 0;
for (const theme of ['light', 'dark']) {
  const tokens = colours(theme);
  for (const [front, back, least] of pairs) {
    const r = tokens[front] && tokens[back] ? ratio(tokens[front], tokens[back]) : 0;
    if (r >= least) continue;
    short++;
    console.error(`${theme}: ${front} on ${back} is ${r.toFixed(2)}, needs ${least}`);
  }
}
console.log(`contrast: ${pairs.length * 2} pairs, ${short} too low`);
process.exit(short ? 1 : 0);
