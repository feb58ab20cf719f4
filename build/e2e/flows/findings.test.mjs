// The ledger: what audits report is listed, found again in the next round, settled
// with reasons, and boxes are ticked by what shows that they are done.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { accessible, closeBrowser, openBrowser, openPage, picture, Plumbline, step } from '../harness.mjs';

const row = (n, severity, where, what) => `| ${n} | ${severity} | Access | \`${where}\` | ${what} | Check the owner first |`;
const audit = (...rows) => `# Security audit\n\nThe audit found 4 findings.\n\n| ID | Severity | Category | Location | Issue | Recommendation |\n|---|---|---|---|---|---|\n${rows.join('\n')}\n`;
const leak = row(1, 'Critical', 'tide.go:41', 'Any station can be read by its number');
const slow = row(2, 'Medium', 'list.go:7', 'Every request copies all stations');
const log = row(3, 'Low', 'log.go:30', 'A deletion is not logged');

let plumb, project;
before(async () => {
  [plumb] = await Promise.all([Plumbline.create(), openBrowser()]);
  project = await plumb.command(['new', 'Tide table', '--idea', 'A tide table that works offline.']);
  await plumb.command(['artifact', 'save', 'tide-table', 'request.md', '-'], { input: '# Tide table\n\n## Acceptance checklist\n\n- [ ] It works without a network\n- [ ] It is fast\n' });
  for (const phase of ['request', 'spec', 'plan', 'build', 'review']) {
    await plumb.command(['waive', 'tide-table', phase, '--reason', 'The audit of what is there comes first.']);
  }
});
after(async () => {
  await closeBrowser();
  await plumb?.remove();
});

test('findings are listed, settled and found again; boxes are ticked by evidence', { timeout: 120_000 }, async (t) => {
  const { page, quiet } = await openPage(await plumb.serve());
  const part = (name, act) => step(t, name, async () => { await act(); await quiet(); });
  const button = (name) => page.getByRole('button', { name });
  const option = (name) => page.getByRole('option', { name });
  const dialog = page.locator('dialog[open]');
  const save = (path, input) => plumb.command(['artifact', 'save', 'tide-table', path, '-'], { input });
  const list = () => plumb.command(['findings', 'list', 'tide-table']);
  const state = async (number) => (await list()).findings.find((one) => one.number === number).state;

  await part('before the first audit there is a way to it', async () => {
    await page.evaluate((to) => (location.hash = to), `#/p/${project.id}/findings`);
    await page.getByText('No audit has reported anything yet').waitFor();
    await accessible(page, 'no findings');
  });

  await part('an audit that is saved is listed at once, the worst first', async () => {
    await save('audits/security-01.md', audit(leak, slow, log));
    await option(/F-001.*Any station/).and(page.locator('[aria-selected="true"]')).waitFor();
    await page.getByRole('link', { name: /^Findings 3 open/ }).waitFor();
    await page.getByText('The text claims 4 findings; 3 can be read.').waitFor();
    for (const theme of ['dark', 'light']) {
      await page.emulateMedia({ colorScheme: theme });
      await page.setViewportSize({ width: 1100, height: 720 });
      await picture(page, `findings-${theme}-1100`);
      await page.setViewportSize({ width: 1440, height: 900 });
      await picture(page, `findings-${theme}-1440`);
      await accessible(page, `the findings in ${theme}`);
    }
  });

  await part('the rounds are a table, too', async () => {
    await page.getByRole('radio', { name: 'Table' }).click();
    await page.getByRole('region', { name: 'Rounds' }).getByRole('row').nth(1).waitFor();
    await accessible(page, 'the rounds');
    await page.getByRole('radio', { name: 'Chart' }).click();
  });

  await part('a critical one is accepted only with a reason', async () => {
    await page.keyboard.press('a');
    await dialog.getByRole('heading', { name: 'Accept F-001' }).waitFor();
    await accessible(page, 'the question');
    await page.keyboard.press('Control+Enter');
    assert.equal(await state('F-001'), 'open');
    await dialog.getByLabel('Reason').fill('Each station has a server of its own until spring.');
    await page.keyboard.press('Control+Enter');
    await page.getByText('F-001 is accepted.').waitFor();
    assert.equal(await state('F-001'), 'accepted');
  });

  await part('the next one has the focus of the work, and is fixed by a commit', async () => {
    await option(/F-002/).and(page.locator('[aria-selected="true"]')).waitFor();
    await page.keyboard.press('d');
    await dialog.getByLabel('Commit').fill('8c1f0ab');
    await page.keyboard.press('Control+Enter');
    await page.getByText('F-002 is fixed.').waitFor();
    assert.equal(await state('F-002'), 'fixed');
  });

  await part('what is reported again comes back', async () => {
    await save('audits/security-01.md', audit(leak, slow, log) + '\nLooked again.\n');
    assert.equal(await state('F-002'), 'fixed'); // the same report is no news
    await save('audits/review-01.md', audit(row(9, 'Medium', 'list.go:12', 'Every request copies all stations')));
    await option(/F-002.*Came back/).waitFor();
    assert.equal((await list()).total, 3);
  });

  await part('severities and words filter', async () => {
    await page.keyboard.press('3');
    await option(/F-003/).waitFor();
    await option(/F-002/).waitFor({ state: 'hidden' });
    await page.keyboard.press('3');
    await page.keyboard.press('/');
    await page.keyboard.type('nowhere');
    await page.getByText('Nothing matches “nowhere”').waitFor();
    await page.setViewportSize({ width: 1100, height: 480 });
    const cut = await page.getByRole('group', { name: 'Filter' }).evaluate((one) => one.getBoundingClientRect().bottom > one.closest('.scroll').getBoundingClientRect().bottom);
    assert.equal(cut, false, 'the search is in view');
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.mouse.move(0, 0); // off the messages, which wait while they are pointed at
    await button('Show all').click();
    await option(/F-002/).waitFor();
  });

  await part('a fix step is added to the plan, and taken back', async () => {
    const plan = async () => (await plumb.command(['artifact', 'show', 'tide-table', 'plan.md'])).markdown;
    const before = '# Plan\n\n- [ ] Step 1: Draw the table\n  - **Task:** Show the next tides\n';
    await save('plan.md', before);
    await button('Add a fix step').waitFor();
    await option(/F-003/).click();
    await page.keyboard.press('f');
    await page.getByText('Step 2 added to the plan.').waitFor();
    assert.equal(await state('F-003'), 'scheduled');
    assert.match(await plan(), /- \[ \] Step 2: Fix F-003, A deletion is not logged/);
    await accessible(page, 'a step is added');
    await button('Undo').last().click(); // those of what was done before may still be there
    await option(/F-003.*Open/).waitFor();
    assert.equal(await state('F-003'), 'open');
    assert.equal(await plan(), before);
  });

  await part('marked ones are added together, and the plan is one click away', async () => {
    for (const number of [/F-002/, /F-003/]) {
      await option(number).click();
      await page.keyboard.press('x');
    }
    await page.getByText('2 findings marked').waitFor();
    await page.setViewportSize({ width: 1100, height: 720 });
    await picture(page, 'findings-marked-1100');
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.keyboard.press('f');
    await page.getByText('Steps 2–3 added to the plan.').waitFor();
    await picture(page, 'findings-planned');
    await page.getByRole('link', { name: 'Show them' }).click();
    await page.getByRole('heading', { name: /Fix F-002, Every request copies all stations/ }).waitFor();
    await picture(page, 'fix-step');
    await page.goBack();
    await option(/F-002.*Scheduled/).waitFor();
  });

  await part('all of them are exported', async () => {
    await button('Export').click();
    const waiting = page.waitForEvent('download');
    await page.getByRole('menuitem', { name: /^SARIF/ }).click();
    const file = await waiting;
    assert.equal(file.suggestedFilename(), 'tide-table-findings.sarif');
    assert.equal(JSON.parse(await readFile(await file.path(), 'utf8')).version, '2.1.0');
  });

  await part('a box is ticked by a command, and says so', async () => {
    await page.evaluate((to) => (location.hash = to), `#/p/${project.id}/request/document`);
    const box = page.locator('.doc [role=checkbox]').first();
    await box.focus();
    await page.keyboard.press('v');
    await dialog.getByRole('radio', { name: 'Command' }).click();
    await dialog.getByLabel('Command', { exact: true }).fill('go test -run Offline');
    await dialog.getByLabel('Exit code').fill('1');
    await page.keyboard.press('Control+Enter');
    assert.equal(await box.getAttribute('aria-checked'), 'false');
    await dialog.getByLabel('Exit code').fill('0');
    await dialog.getByLabel('Output').fill('ok  tide 0.2s');
    await accessible(page, 'the evidence');
    await page.keyboard.press('Control+Enter');
    await page.locator('li[data-said*="go test -run Offline"]').waitFor();
    await box.focus();
    await page.keyboard.press('v');
    await dialog.getByText('ok  tide 0.2s').waitFor();
    await picture(page, 'evidence');
    await page.keyboard.press('Escape');
    await page.waitForFunction(() => document.activeElement?.matches('.doc [role=checkbox]'));
  });
});

test('another round past the advised number of them needs a reason', { timeout: 60_000 }, async (t) => {
  const shop = await plumb.command(['new', 'Shop', '--workflow', 'harden', '--idea', 'Harden the shop that runs in two branches.']);
  await plumb.command(['waive', 'shop', 'implement', '--reason', 'What is there is audited first.']);
  for (let round = 1; round <= 10; round++) {
    if (round > 1) await plumb.command(['round', 'shop', 'analyse', '--begin']);
    await plumb.command(['artifact', 'save', 'shop', `audits/issues-${String(round).padStart(2, '0')}.md`, '-'], { input: audit(row(1, 'Low', `log.go:${round}`, `Deletion ${round} is not logged`)) });
  }
  const number = async () => (await plumb.command(['round', 'shop', 'analyse'])).number;
  const { page, quiet } = await openPage(await plumb.reopen());
  const dialog = page.locator('dialog[open]');
  const begin = dialog.getByRole('button', { name: 'Begin the round' });
  const part = (name, act) => step(t, name, async () => { await act(); await quiet(); });

  await part('on the screen of the phase', async () => {
    await page.evaluate((to) => (location.hash = to), `#/p/${shop.id}/analyse`);
    await page.getByRole('button', { name: 'Next round' }).click();
    await dialog.getByRole('heading', { name: 'Begin round 11?' }).waitFor();
    await page.keyboard.press('Escape');
    assert.equal(await number(), 10);
  });

  await part('on the screen of the findings, which leads to the prompt then', async () => {
    await page.evaluate((to) => (location.hash = to), `#/p/${shop.id}/findings`);
    await page.getByRole('button', { name: 'Run round 11' }).waitFor();
    await page.keyboard.press('r');
    await dialog.getByRole('heading', { name: 'Begin round 11?' }).waitFor();
    await dialog.getByLabel('Reason').fill('Too short.');
    assert.equal(await begin.getAttribute('aria-disabled'), 'true');
    await accessible(page, 'why another round');
    await picture(page, 'round-reason');
    await dialog.getByLabel('Reason').fill('A payment module came in after round 10.');
    await begin.click();
    await page.waitForURL(/analyse\/prompt/);
    assert.equal(await number(), 11);
  });
});
