// The board, the steps of the plan, and the facts of a project: by hand and by paste, without a model.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { accessible, closeBrowser, openBrowser, openPage, picture, Plumbline, step } from '../harness.mjs';

const plan = `# Tidewatch plan

## Offline core

- [ ] **Step 1: Harmonic engine**
  - **Task**: Predict a height from the constituents of a station.
  - **Files**: \`internal/harmonic/engine.go\`
  - **Effort**: L
  - **Risk**: high. Every number rests on it.
  - **Covers**: AC-1

## Service

- [ ] **Step 2: HTTP API**
  - **Task**: Answer one endpoint.
  - **Files**: \`internal/api/server.go\`
  - **Depends**: Step 1
  - **Effort**: S
  - **Risk**: low
`;
const spec = '# Tidewatch specification\n\n## Acceptance criteria\n\n- AC-1: Heights are within 3 cm.\n\n## Open questions\n\nNone.\n';
const answer = '# Step 1\n\n## Tests\n\n`internal/harmonic/engine_test.go`\n\n```go\npackage harmonic\n```\n\n## Code\n\n`internal/harmonic/engine.go`\n\n```go\npackage harmonic\n\nfunc Height() float64 { return 0 }\n```\n\n## Assumptions\n\n- Heights are in metres.\n';
const reason = 'It was agreed on before this project was kept here.';

let plumb;
before(async () => {
  [plumb] = await Promise.all([Plumbline.create(), openBrowser()]);
  await plumb.command(['settings', 'ollamaUrl', 'http://127.0.0.1:1']);
  await plumb.command(['new', 'Tidewatch', '--idea', 'A tide table that works offline.']);
  for (const [phase, text] of [['request', '# Tidewatch\n\nTides.\n'], ['spec', spec], ['plan', plan]]) {
    await plumb.command(['artifact', 'save', 'tidewatch', `${phase}.md`, '-'], { input: text });
    await plumb.command(['waive', 'tidewatch', phase, '--reason', reason]);
  }
});
after(async () => {
  await closeBrowser();
  await plumb?.remove();
});

test('a step is built by paste, from the board to its tick', { timeout: 120_000 }, async (t) => {
  const opened = await openPage(await plumb.serve());
  const { page } = opened;
  page.setDefaultTimeout(15_000);

  await step(t, 'the board says what to do now', async () => {
    await page.getByRole('link', { name: /Tidewatch/ }).first().click();
    await page.getByRole('heading', { level: 1, name: 'Build loop', exact: true }).waitFor();
    await page.getByRole('complementary').getByRole('link', { name: 'Board' }).click();
    await page.getByText('Build step 1, “Harmonic engine”.').waitFor();
    await page.getByRole('rowheader', { name: /^Build loop ?, current/ }).waitFor();
    await accessible(page, 'board');
    await picture(page, 'board');
  });

  await step(t, 'the keyboard goes through the rows, and Enter leads to the step', async () => {
    await page.keyboard.press('j');
    assert.equal(await page.evaluate(() => document.activeElement.dataset.row), 'build');
    await page.keyboard.press('j');
    assert.equal(await page.evaluate(() => document.activeElement.dataset.row), 'review');
    await page.evaluate(() => document.activeElement.blur());
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Steps' }).waitFor();
    await page.getByRole('heading', { level: 2, name: 'Harmonic engine' }).waitFor();
    await accessible(page, 'steps');
    await picture(page, 'steps');
  });

  await step(t, 'the graph goes by arrow keys', async () => {
    await page.keyboard.press('2');
    await page.locator('[data-node="0"]').focus();
    await page.keyboard.press('ArrowDown');
    await page.getByRole('heading', { level: 2, name: 'HTTP API' }).waitFor();
    await page.getByText('It waits for step 1.').filter({ visible: true }).first().waitFor();
    await accessible(page, 'graph');
    await picture(page, 'graph');
    await page.keyboard.press('ArrowUp');
    await page.getByRole('heading', { level: 2, name: 'Harmonic engine' }).waitFor();
  });

  await step(t, 'the prompt is copied, and its answer pasted and accepted', async () => {
    await page.getByRole('button', { name: 'Copy the prompt' }).click();
    await page.getByText('The prompt is copied.').waitFor();
    assert.match(await page.evaluate(() => navigator.clipboard.readText()), /Predict a height/);
    await page.getByLabel('Answer').first().fill(answer);
    await page.getByRole('button', { name: 'Take the answer' }).click();
    const anyway = page.getByRole('button', { name: 'Take it anyway' });
    const accept = page.getByRole('button', { name: 'Accept the answer' });
    await anyway.or(accept).first().waitFor();
    if (await anyway.isVisible()) await anyway.click();
    await accept.click();
    await page.getByText(/Accepted as steps\/01\.md/).waitFor();
    await picture(page, 'answer');
  });

  await step(t, 'a green check is the proof of its tick', async () => {
    await page.getByRole('button', { name: 'Add the check result' }).click();
    await page.getByLabel('Command').fill('go vet ./... && go test -race -count=1 ./internal/harmonic/... ./internal/api/...');
    await page.getByLabel(/What it printed/).fill('ok tidewatch/internal/harmonic');
    await page.getByRole('button', { name: 'Keep the result' }).click();
    await page.getByText('Step 1 is done: its check is green.').waitFor();
    const [inner, outer] = await page.getByRole('region', { name: 'What the plan says' }).evaluate((one) => [one.scrollWidth, one.clientWidth]);
    assert.equal(inner, outer, 'a long command is cut, not the panel');
    const { steps } = await plumb.command(['step', 'list', 'tidewatch']);
    assert.deepEqual(steps.map((one) => one.state), ['done', 'current']);
  });

  await step(t, 'a step is skipped with a reason, and opened again', async () => {
    await page.keyboard.press('1');
    await page.keyboard.press('j');
    await page.getByRole('heading', { level: 2, name: 'HTTP API' }).waitFor();
    await page.getByRole('button', { name: 'Skip with a reason' }).click();
    await page.getByLabel('Reason').fill('The command line is enough for the first release.');
    await page.getByRole('button', { name: 'Skip the step' }).click();
    await page.getByText('The command line is enough').waitFor();
    await page.waitForFunction(() => document.activeElement !== document.body); // the question and its button are gone
    await page.getByRole('button', { name: 'Open it again' }).click();
    await page.getByRole('button', { name: 'Copy the prompt' }).waitFor();
  });

  await step(t, 'Edit opens the plan at the step', async () => {
    await page.keyboard.press('e');
    await page.getByRole('heading', { level: 1, name: 'Plan', exact: true }).waitFor();
    await page.getByRole('textbox', { name: 'Plan' }).waitFor();
    await page.getByRole('main').getByRole('button', { name: 'Close' }).click();
  });

  await step(t, 'the board shows the review that has become due', async () => {
    await page.getByRole('complementary').getByRole('link', { name: 'Board' }).click();
    await page.getByText('All steps of “Offline core” are done.').first().waitFor();
    await picture(page, 'board-due');
  });

  await step(t, 'facts are kept when their field is left', async () => {
    await page.getByRole('complementary').getByRole('link', { name: 'Project facts' }).click();
    await page.getByLabel('Stack').fill('Go 1.26');
    await page.getByLabel('Launch date').fill('2030-01-31');
    await page.getByLabel('Domain').selectOption({ label: 'Command-line tool' });
    await page.getByText('3 of 15 filled').waitFor();
    await accessible(page, 'facts');
    await page.reload();
    await page.getByText('3 of 15 filled').waitFor();
    assert.equal(await page.getByLabel('Stack').inputValue(), 'Go 1.26');
  });

  await step(t, 'the time of a phase is estimated', async () => {
    await page.getByRole('navigation', { name: 'Phases' }).getByRole('link', { name: /Spec/ }).click();
    await page.getByRole('button', { name: 'Estimate it' }).click();
    await page.getByLabel(/Expected *with a model/).fill('1:30');
    await page.getByLabel(/Expected *without one/).fill('8 h');
    await page.getByRole('button', { name: 'Keep', exact: true }).click();
    await page.getByText('without a model').waitFor();
    await picture(page, 'phase-time');
  });
  await opened.quiet();
  await opened.close();
});
