// What the scripted models answer. The first text of a model is its usual one;
// the others are chosen by a word of the prompt.

export const request = `# Request: Tide table

## Overview
- **Name**: Tide table
- **Description**: Says when the next high water is at a station, without a network.
- **Audience**: Sailors who plan a day trip.

## Features
### Tides
- [ ] See the next high water
  - [ ] For one of twelve stations
- [x] See the next low water

## Design
No wishes.

## Notes
- Plain figures, no map.

## Questions
None.

## Acceptance checklist
- [ ] The audience is named.
- [ ] Each feature can be checked.
- [ ] Nothing can be read in two ways.
- [ ] What is out of scope is said.
`;

export const spec = `# Specification: Tide table

## Overview
Answers one question without a network: when is the next high or low water?

## Structure
- One binary with a command and a small library.

## Features
### Next high water
- The input is a station; the answer is a time and a height.
- Edge case: an unknown station names three close matches.

## Data model
| Name | Type | Limit |
|---|---|---|
| station | text | 12 stations |
| height | number | centimetres |

## Interfaces
- \`tide next STATION\`

## Security
- Reads no network and no file but its own.

## Errors
- An unknown station ends with code 2.

## Tests
- The twelve reference stations.

## Acceptance criteria
- AC-1: the next high water of a station is shown.
- AC-2: an unknown station ends with code 2.
- AC-3: it works without a network.

## Non-goals
- A map.

## Open questions
- Which datum is the default?
`;

export const hostile = `# Request: <script>alert(1)</script>

<img src=x onerror="globalThis.hacked=1"> and [a link](javascript:globalThis.hacked=2)

![remote](http://127.0.0.1:9/pixel.png) <iframe src="http://127.0.0.1:9/"></iframe>

## Overview
- **Name**: <b onmouseover="globalThis.hacked=3">Tide table</b>
`;

const findings = (counts, list) => `## Summary
The feature was read.
Total: 2 (${counts})

## Findings
${list}
## Recommendations
None.
`;

const station = (title) => `- [ ] P1: ${title}
  - **Where:** \`tide/next.go:42\`
  - **Category:** input
  - **Problem:** any station is taken
  - **Fix:** look it up first
  - **Verify:** try one that is unknown
`;

/** What two people find: one thing both of them, one each alone. */
const panel = [
  { Text: '# Tides\n\nThe answer to what was asked alone.\n' },
  {
    Triggers: ['security'],
    Text: findings('P0: 1, P1: 1, P2: 0, P3: 0', `- [ ] P0: The key is in the log
  - **Where:** \`tide/log.go:7\`
  - **Category:** secrets
  - **Problem:** whoever reads the log has it
  - **Fix:** leave it out
  - **Verify:** read the log
${station('The station is not checked')}`),
  },
  {
    Triggers: ['support'],
    Text: findings('P0: 0, P1: 1, P2: 1, P3: 0', `${station('The station is not checked at all')}- [ ] P2: No word of a missing table
  - **Where:** \`tide/read.go:3\`
  - **Category:** messages
  - **Problem:** people write to us
  - **Fix:** say which table
  - **Verify:** remove one
`),
  },
];

export const models = {
  panel,
  scribe: [{ Text: request }, { Triggers: ['architect'], Text: spec }],
  rambler: [{ Text: 'The tide comes in and the tide goes out again. ', Loop: true }],
  rogue: [{ Text: hostile }],
};
