// The main job: an idea walks through Request on a real model and through Spec
// by copy and paste, every answer a version, every gate a gate.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { accessible, closeBrowser, openBrowser, openPage, picture, Plumbline, startOllama, step } from '../harness.mjs';
import { models, spec } from '../scripts.mjs';

let ollama, plumb;
before(async () => {
  [ollama, plumb] = await Promise.all([startOllama(), Plumbline.create(), openBrowser()]);
});
after(async () => {
  await closeBrowser();
  await plumb?.remove();
  await ollama?.stop();
});

test('from an idea to a signed specification', { timeout: 180_000 }, async (t) => {
  await plumb.command(['settings', 'ollamaUrl', ollama.url]);
  await plumb.command(['settings', 'defaultModel', 'scribe']);
  const { page, quiet } = await openPage(await plumb.serve());
  const tab = (name) => page.getByRole('tab', { name: new RegExp(`^${name}`) });
  const part = (name, act) => step(t, name, async () => { await act(); await quiet(); });
  const button = (name) => page.getByRole('button', { name });

  await part('a first start finds the models', async () => {
    await page.getByText(`Ollama is running with ${Object.keys(models).length} models`).waitFor();
  });

  await part('a project opens on Request', async () => {
    await page.keyboard.press('n');
    await page.getByLabel('Name').fill('Tide table');
    await page.getByLabel('The idea').fill('A tide table that works offline. For sailors who plan a day trip.');
    await page.keyboard.press('Control+Enter');
    await page.getByRole('heading', { level: 1, name: 'Request', exact: true }).waitFor();
    await page.getByText('You are a requirements analyst').waitFor();
  });

  await part('an answer streams, and is a candidate', async () => {
    await page.keyboard.press('Control+Enter');
    await button('Review the answer').waitFor({ timeout: 60_000 });
    assert.equal((await plumb.command(['artifact', 'list', 'tide-table'])).some((one) => one.path === 'request.md'), false);
    await button('Review the answer').click();
    await button(/^Accept as v1/).click();
    await tab('Document').and(page.locator('[aria-selected="true"]')).waitFor();
    const { lines: [{ versions: [version] }] } = await plumb.command(['artifact', 'log', 'tide-table', 'request.md']);
    assert.deepEqual([version.number, version.author], [1, { kind: 'model', name: 'scribe:latest' }]);
  });

  await part('a tick changes one byte', async () => {
    const document = () => plumb.command(['artifact', 'show', 'tide-table', 'request.md']);
    const first = (await document()).markdown;
    const box = page.getByRole('checkbox', { name: 'The audience is named.' });
    await box.click();
    await page.locator('.gate, aside').getByText('1/4').waitFor();
    const second = (await document()).markdown;
    const changed = [...first].filter((char, i) => char !== second[i]);
    assert.equal(first.length, second.length);
    assert.deepEqual(changed, [' ']);
  });

  await part('a closed gate says what is missing', async () => {
    const gate = await plumb.command(['gate', 'tide-table', 'request'], { code: 3 });
    assert.equal(gate.open, false);
    assert.match(gate.sentence, /^Off true by 2 of 4 conditions\. Next: tick 6 preflight boxes\.$/);
    await page.getByText('Off true by 2 of 4 conditions').waitFor();
    assert.equal(await button(/Pass gate to Spec/).getAttribute('aria-disabled'), 'true');
  });

  await part('ticking the rest opens it', async () => {
    for (const name of ['Each feature can be checked.', 'Nothing can be read in two ways.', 'What is out of scope is said.']) {
      const box = page.getByRole('checkbox', { name });
      await box.focus();
      await page.keyboard.press('Space');
      await page.locator(`[role="checkbox"][aria-checked="true"][aria-label="${name}"]`).waitFor();
    }
    await plumb.command(['tick', 'tide-table', 'checklists/preflight.md', '1', '2', '3', '4', '5', '6']);
    await page.getByText('True. All 4 conditions are met.').waitFor();
    await page.keyboard.press('Control+g');
    await page.getByRole('heading', { level: 1, name: 'Spec', exact: true }).waitFor();
  });

  await part('Spec is prompted with the accepted request, by copy and paste', async () => {
    await button(/Copy prompt/).first().click();
    await page.getByText('The prompt is copied.').waitFor();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    assert.match(copied, /See the next high water/);
    const answer = page.getByRole('textbox', { name: /^Answer/ });
    await answer.fill(copied);
    await button('Take the answer').click();
    await page.getByText('That is the prompt itself').waitFor();
    await answer.fill(spec);
    await page.getByLabel('Where it came from').fill('Some chat');
    await button('Take the answer').click();
    await button('Review the answer').click();
    await button(/^Accept as v1/).click();
    await page.getByText('1 open').waitFor();
  });

  await part('a stale document compares what it was written from with what that is now', async () => {
    const { version, markdown } = await plumb.command(['artifact', 'show', 'tide-table', 'request.md']);
    await plumb.command(['artifact', 'save', 'tide-table', 'request.md', '-'], { input: markdown.replace('No wishes.', 'Large figures.') });
    await page.getByText('Spec v1 is 1 change behind.').waitFor();
    await page.getByRole('main').getByRole('button', { name: 'Compare', exact: true }).click();
    const dialog = page.getByRole('dialog', { name: 'What has changed since Spec v1' });
    await dialog.getByText(`Request is at v${version.number + 1}; v${version.number} was used.`).waitFor();
    await dialog.getByText('Large figures.').waitFor();
    await accessible(page, 'the comparison');
    await picture(page, 'causes');
    await dialog.getByRole('button', { name: 'Close' }).click();
    await plumb.command(['still-valid', 'tide-table', 'spec', '--reason', 'Figures are not part of the specification.']);
    await page.getByText('Spec v1 is 1 change behind.').waitFor({ state: 'hidden' });
  });

  await part('editing by hand makes a version', async () => {
    await page.keyboard.press('e');
    const editor = page.locator('.cm-content');
    await editor.waitFor();
    await editor.click();
    await page.setViewportSize({ width: 1440, height: 600 }); // the text scrolls
    await accessible(page, 'the editor');
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.keyboard.press('Escape');
    await page.keyboard.press('Tab'); // is no trap
    assert.equal(await editor.evaluate((one) => one.matches(':focus')), false);
    await editor.click();
    for (const key of ['Control+End', 'ArrowUp', 'Home', 'Shift+End']) await page.keyboard.press(key);
    await page.keyboard.type('None.');
    await page.getByText('Draft kept').waitFor();
    assert.match((await plumb.command(['artifact', 'show', 'tide-table', 'spec.md'])).markdown, /Which datum/);
    await page.keyboard.press('Control+s');
    await page.getByText(/^v2/).first().waitFor();
    assert.match((await plumb.command(['artifact', 'show', 'tide-table', 'spec.md'])).markdown, /## Open questions\nNone\.\n$/);
  });

  await part('signing freezes it and opens the gate', async () => {
    await button(/^Sign off v2/).click();
    await page.getByText('True. All').waitFor();
    await plumb.command(['artifact', 'save', 'tide-table', 'spec.md', '-'], { code: 1, input: 'changed' });
    await button(/^Pass gate to Plan/).click();
    await page.getByRole('heading', { level: 1, name: 'Plan' }).waitFor();
    await page.waitForLoadState('networkidle');
  });

  await part('history shows who, and restores', async () => {
    await page.goto(page.url().replace(/\/plan.*/, '/history?path=spec.md'));
    await page.getByText('Some chat').first().waitFor();
  });

  await part('a change request opens what is frozen', async () => {
    await page.goto(page.url().replace(/\/history.*/, '/spec/document'));
    const dialog = page.getByRole('dialog', { name: 'Change Spec by a request?' });
    await button('Change request').click();
    await dialog.getByText('There is no change request yet.').waitFor();
    await dialog.getByRole('link', { name: 'Write a request' }).waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
    const request = ['prompt', 'run', 'change-request', '--project', 'tide-table', '--var', 'change=Heights in feet', '--paste', '-', '--anyway'];
    const { run } = await plumb.command(request, { input: '# Change request: feet\n\nHeights in feet, too.\n' });
    await plumb.command(['accept', 'tide-table', '--run', run.id]);
    await button('Change request').click();
    await accessible(page, 'a change request');
    await picture(page, 'change-request');
    await dialog.getByRole('button', { name: 'Open for the change' }).click();
    await page.getByText('v2 is not signed').first().waitFor();
    await button('Change request').waitFor({ state: 'hidden' });
  });

  await step(t, 'stock git reads the history', async () => {
    await plumb.end();
    const projects = path.join(plumb.home, 'data/projects');
    const repo = path.join(projects, readdirSync(projects)[0], 'history.git');
    const git = (...args) => execFileSync('git', ['-C', repo, ...args], { encoding: 'utf8' });
    git('fsck', '--full', '--strict');
    execFileSync('git', ['clone', '-q', repo, path.join(plumb.home, 'clone')]);
    assert.match(git('show', 'main:gates.md'), /spec: signed[^]*spec: opened for a change request\n[^]*> Change request: feet/);
    assert.match(git('log', '--format=%an', '--', 'request.md'), /scribe:latest/);
  });
});
