// History you can ask: what changed, who wrote it, how the project was, where
// words stood, and the way back.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { accessible, closeBrowser, openBrowser, openPage, picture, Plumbline, step } from '../harness.mjs';
import { request, spec } from '../scripts.mjs';

let plumb, project;
const answered = spec.replace('- Which datum is the default?', 'None.');
/** The section on errors stands last, and says more. */
const moved = answered.replace('## Errors\n- An unknown station ends with code 2.\n\n', '') + '\n## Errors\n- An unknown station ends with code 2.\n- A broken table ends with code 3.\n';

before(async () => {
  [plumb] = await Promise.all([Plumbline.create(), openBrowser()]);
  await plumb.command(['settings', 'ollamaUrl', 'http://127.0.0.1:9']);
  project = await plumb.command(['new', 'Tide table', '--idea', 'A tide table that works offline. For sailors.']);
  const save = (path, input, message) => plumb.command(['artifact', 'save', 'tide-table', path, '-', '-m', message], { input });
  await plumb.command(['run', 'tide-table', 'request', '--paste', '-', '--model', 'qwen2.5-coder:14b'], { input: request });
  await plumb.command(['accept', 'tide-table', 'request']);
  await plumb.command(['tick', 'tide-table', 'request.md', '4', '5', '6']);
  await plumb.command(['waive', 'tide-table', 'request', '--reason', 'The request was agreed on paper.']);
  await plumb.command(['run', 'tide-table', 'spec', '--paste', '-', '--model', 'qwen2.5-coder:14b'], { input: spec });
  await plumb.command(['accept', 'tide-table', 'spec']);
  await save('spec.md', answered, 'Answer the datum question');
  await plumb.command(['sign', 'tide-table', 'spec']);
  await plumb.command(['unfreeze', 'tide-table', 'spec', '--reason', 'The errors have to be said in one place.']);
  await save('spec.md', moved, 'Put errors last');
});
after(async () => {
  await closeBrowser();
  await plumb?.remove();
});

test('the past can be asked', { timeout: 120_000 }, async (t) => {
  const { page, quiet } = await openPage(await plumb.serve());
  const part = (name, act) => step(t, name, async () => { await act(); await quiet(); });
  const button = (name) => page.getByRole('button', { name });
  const head = (name) => page.getByRole('heading', { level: 1, name });

  await part('a moved section is shown as moved', async () => {
    await page.evaluate((to) => (location.hash = to), `#/p/${project.id}/history?path=spec.md`);
    await head('Spec, v2 to v3').waitFor();
    await page.getByText('1 section moved').waitFor();
    await button(/Errors moved from line \d+, 1 added/).waitFor();
    await button(/Errors moved to line/).click();
    assert.match(await page.evaluate(() => document.activeElement.textContent), /moved from line/);
    await page.getByText('A broken table ends with code 3.').waitFor();
    await picture(page, 'history-moved');
  });

  await part('J and K move B, with Shift A', async () => {
    await page.getByText('1 section moved').click();
    await page.keyboard.press('j');
    await head('Spec, v1 to v2').waitFor();
    await page.keyboard.press('k');
    await head('Spec, v1 to v3').waitFor();
    await page.keyboard.press('Shift+K');
    await head('Spec, v2 to v3').waitFor();
  });

  await part('ticks are ticks, and those of two minutes are one line', async () => {
    await page.evaluate((to) => (location.hash = to), `#/p/${project.id}/history?path=request.md`);
    await button(/v2 to v4.*3 ticks/).waitFor();
    await page.getByText('3 boxes ticked').waitFor();
    assert.equal(await page.getByText('Ticked', { exact: true }).count(), 3);
  });

  await part('versions are filtered by who wrote them', async () => {
    await page.getByLabel('Whose versions').selectOption('model');
    await button(/v2 to v4/).waitFor({ state: 'detached' });
    await button(/v1.*Accept the answer/).waitFor();
    await page.getByLabel('Whose versions').selectOption('');
    await button(/v2 to v4/).waitFor();
  });

  await part('words that are gone are found', async () => {
    await page.getByRole('radio', { name: 'Search' }).click();
    await page.getByLabel('Words in any version').fill('which “datum is”');
    await page.keyboard.press('Enter');
    const hit = button(/v1.*until.*Which datum is the default/);
    await hit.click();
    await head('Spec, v1').waitFor();
    await page.getByText('1 place in').waitFor();
    await accessible(page, 'search');
    await picture(page, 'history-search');
  });

  await part('the project is shown as it was', async () => {
    await page.getByRole('radio', { name: 'Moments' }).click();
    await button(/Spec signed/).click();
    await page.getByText('After: Spec signed').waitFor();
    const row = page.getByRole('row', { name: /Spec/ });
    assert.match(await row.innerText(), /v2[\s\S]*v3/);
    await accessible(page, 'moments');
    await picture(page, 'history-moments');
    await button('Compare with now: Spec v2').click();
    await head('Spec, v2 to v3').waitFor();
  });

  await part('one section comes back, and the rest stays', async () => {
    await page.locator('.row3', { hasText: 'Errors' }).first().hover();
    await page.locator('.row3', { hasText: 'Errors' }).getByRole('button', { name: 'Restore section' }).first().click();
    await page.getByText('“Errors” of v2 restored as v4.').waitFor();
    const { markdown } = await plumb.command(['artifact', 'show', 'tide-table', 'spec.md']);
    assert.doesNotMatch(markdown, /code 3/);
    assert.match(markdown, /None\./);
  });

  await part('a whole version comes back, and what becomes stale is said', async () => {
    await page.evaluate((to) => (location.hash = to), `#/p/${project.id}/history?path=request.md`);
    await button(/v2 to v4/).waitFor();
    const edited = request.replace('No wishes.', 'Plain figures.');
    await plumb.command(['artifact', 'save', 'tide-table', 'request.md', '-'], { input: edited });
    await head('Request, v4 to v5').waitFor();
    await page.getByText('1 line added').click();
    await page.keyboard.press('r');
    await page.getByText('v4 restored as v6.').waitFor();
    await page.locator('.toast', { hasText: 'v4 restored as v6.' }).getByRole('button', { name: 'Undo' }).click();
    await head(/v6 to v7/).waitFor();
    await page.getByText(/Spec v4 is stale/).waitFor();
  });
});

for (const theme of ['light', 'dark']) {
  test(`the past in ${theme}`, { timeout: 60_000 }, async () => {
    const { page, quiet, close } = await openPage(await (plumb.server ? plumb.reopen() : plumb.serve()), { theme });
    await page.evaluate((to) => (location.hash = to), `#/p/${project.id}/history?path=spec.md`);
    for (const [width, height] of [[1440, 900], [1100, 720]]) {
      await page.setViewportSize({ width, height });
      for (const [mode, shown] of [['Versions', /^Spec, v/], ['Moments', /^As it was, /], ['Search', /^Spec, v/]]) {
        await page.getByRole('radio', { name: mode }).click();
        if (mode === 'Search') {
          await page.getByLabel('Words in any version').fill('station');
          await page.keyboard.press('Enter');
          await page.getByText(/places? in/).waitFor();
        }
        await page.getByRole('heading', { level: 1, name: shown }).waitFor();
        await page.waitForLoadState('networkidle');
        await picture(page, `past-${mode.toLowerCase()}-${theme}-${width}`);
        await accessible(page, `${mode} in ${theme} at ${width}`);
        const [inner, outer] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
        assert.ok(inner <= outer, `${mode} is ${inner} wide in ${outer}`);
      }
    }
    await quiet();
    await close();
  });
}
