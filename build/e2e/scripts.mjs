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

export const models = {
  scribe: [{ Text: request }, { Triggers: ['architect'], Text: spec }],
  rambler: [{ Text: 'The tide comes in and the tide goes out again. ', Loop: true }],
  rogue: [{ Text: hostile }],
};
