// Every screen in both themes and both sizes: nothing that axe calls serious,
// nothing wider than the window, and a picture for people.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { accessible, closeBrowser, openBrowser, openPage, picture, Plumbline, startOllama, step } from '../harness.mjs';
import { request, spec } from '../scripts.mjs';

let ollama, plumb, empty, project;
before(async () => {
  [ollama, plumb, empty] = await Promise.all([startOllama(), Plumbline.create(), Plumbline.create(), openBrowser()]);
  await plumb.command(['settings', 'ollamaUrl', ollama.url]);
  await plumb.command(['settings', 'defaultModel', 'scribe']);
  await empty.command(['settings', 'ollamaUrl', 'http://127.0.0.1:9']);
  project = await plumb.command(['new', 'Tide table', '--idea', 'A tide table that works offline. For sailors.']);
  await plumb.command(['run', 'tide-table', 'request', '--paste', '-'], { input: request });
  await plumb.command(['accept', 'tide-table', 'request']);
  await plumb.command(['tick', 'tide-table', 'request.md', '4', '5']);
  await plumb.command(['waive', 'tide-table', 'request', '--reason', 'The request was agreed on paper.']);
  await plumb.command(['run', 'tide-table', 'spec', '--paste', '-'], { input: spec });
  await plumb.command(['accept', 'tide-table', 'spec']);
  await plumb.command(['artifact', 'save', 'tide-table', 'spec.md', '-'], { input: spec.replace('- Which datum is the default?', 'None.') });
  await plumb.command(['run', 'tide-table', 'spec', '--paste', '-'], { input: spec.replace('A map.', 'A map of the coast.') });
});
after(async () => {
  await closeBrowser();
  await plumb?.remove();
  await empty?.remove();
  await ollama?.stop();
});

const screens = {
  home: ['#/', 'Projects'],
  new: ['#/new', 'New project'],
  prompt: ['#/p/ID/spec/prompt', 'Assembled prompt'],
  run: ['#/p/ID/spec/run', 'copied'],
  document: ['#/p/ID/request/document', 'Overridden'],
  changes: ['#/p/ID/spec/changes', 'Non-goals'],
  gate: ['#/p/ID/spec/document', 'Sign off v2'],
  'history-tab': ['#/p/ID/spec/history', 'v1'],
  history: ['#/p/ID/history?path=spec.md', 'v1'],
  library: ['#/library/spec', 'Assembled prompt'],
  'library-project': ['#/p/ID/library/plan', 'Write the plan'],
  settings: ['#/settings/models', 'scribe:latest'],
};
const sizes = [[1440, 900], [1100, 720]];

for (const theme of ['light', 'dark']) {
  test(`the screens in ${theme}`, { timeout: 180_000 }, async () => {
    const link = await (plumb.server ? plumb.reopen() : plumb.serve());
    const { page, close } = await openPage(link, { theme });
    await page.getByText('Tide table').first().waitFor();
    for (const [name, [hash, text]] of Object.entries(screens)) {
      await page.evaluate((to) => (location.hash = to), hash.replace('ID', project.id));
      for (const [width, height] of sizes) {
        await page.setViewportSize({ width, height });
        await page.getByText(text).first().waitFor();
        await page.waitForLoadState('networkidle');
        await picture(page, `${name}-${theme}-${width}`);
        const { size, room } = await page.evaluate(() => ({ size: [document.documentElement.scrollWidth, document.documentElement.scrollHeight], room: [innerWidth, innerHeight] }));
        assert.deepEqual(size, room, `${name} is as large as its window`);
        if (width === 1440) await accessible(page, `${name} in ${theme}`);
      }
    }
    await close();
  });

  test(`a first start without models in ${theme}`, { timeout: 60_000 }, async () => {
    const { page, close } = await openPage(await (empty.server ? empty.reopen() : empty.serve()), { theme });
    await page.getByText('From idea to production').waitFor();
    await page.getByText(/Ollama is not/).first().waitFor();
    await picture(page, `welcome-${theme}-1440`);
    await accessible(page, `welcome in ${theme}`);
    await close();
  });
}

test('text at 200 %: the gate and the side are drawers', { timeout: 60_000 }, async (t) => {
  const { page, quiet, close } = await openPage(await (plumb.server ? plumb.reopen() : plumb.serve()), { width: 720, height: 450 });
  await page.evaluate((to) => (location.hash = to), `#/p/${project.id}/spec/document`);
  const gate = page.getByRole('dialog', { name: 'Gate' });
  const side = page.getByRole('dialog', { name: 'Side' });
  const button = page.getByRole('button', { name: /^Gate/ });
  await button.waitFor();

  await step(t, 'nothing stands beside or below the document', async () => {
    assert.equal(await page.locator('aside:visible').count(), 0);
    assert.equal(await gate.isVisible(), false);
    await accessible(page, 'a narrow phase');
    await picture(page, 'narrow-phase');
  });
  await step(t, 'the gate opens over it, and gives the focus back', async () => {
    await button.click();
    await gate.getByRole('button', { name: /^Sign off v2/ }).waitFor();
    await accessible(page, 'the gate as a drawer');
    await picture(page, 'narrow-gate');
    await page.keyboard.press('Escape');
    await gate.waitFor({ state: 'hidden' });
    assert.equal(await button.evaluate((one) => one === document.activeElement), true);
  });
  await step(t, 'a condition leads to its cause, in the drawer or behind it', async () => {
    await page.keyboard.press('Control+.');
    await gate.getByRole('button', { name: /Sign-off.*waiting/ }).click();
    await page.waitForFunction(() => document.activeElement?.id === 'sign-off');
    await page.keyboard.press('Escape');
    await page.evaluate((to) => (location.hash = to), `#/p/${project.id}/request/document`);
    await page.getByRole('heading', { level: 1, name: 'Request', exact: true }).waitFor();
    await button.click();
    await gate.getByRole('button', { name: /Acceptance.*not met/ }).click();
    await gate.waitFor({ state: 'hidden' });
    await page.waitForFunction(() => document.activeElement?.matches('.doc [role=checkbox]'));
  });
  await step(t, 'the side leads on, and closes', async () => {
    await page.getByRole('button', { name: 'Show the side' }).click();
    await picture(page, 'narrow-side');
    await side.getByRole('link', { name: /^Spec/ }).click();
    await page.getByRole('heading', { level: 1, name: 'Spec', exact: true }).waitFor();
    await side.waitFor({ state: 'hidden' });
  });
  await step(t, 'a new project is begun in a drawer', async () => {
    await page.evaluate(() => (location.hash = '#/new'));
    const form = page.getByRole('dialog', { name: 'New project' });
    await form.waitFor();
    await page.waitForFunction(() => document.activeElement?.tagName === 'INPUT');
    await picture(page, 'narrow-new');
    await page.keyboard.press('Escape');
    await form.waitFor({ state: 'hidden' });
  });
  await step(t, 'the versions are in a drawer, which a choice closes', async () => {
    await page.evaluate((to) => (location.hash = to), `#/p/${project.id}/history?path=spec.md`);
    await page.getByRole('heading', { level: 1, name: 'Spec, v1 to v2' }).waitFor();
    const versions = page.getByRole('dialog', { name: 'Versions' });
    const opener = page.getByRole('button', { name: 'Versions', exact: true });
    assert.equal(await page.getByRole('region', { name: 'Versions' }).isVisible(), false);
    await accessible(page, 'a narrow history');
    await picture(page, 'narrow-history');
    await opener.focus();
    await page.keyboard.press('Enter');
    await versions.getByRole('button', { name: /^v1 / }).waitFor();
    await accessible(page, 'the versions as a drawer');
    await picture(page, 'narrow-versions');
    await page.keyboard.press('Escape');
    await versions.waitFor({ state: 'hidden' });
    assert.equal(await opener.evaluate((one) => one === document.activeElement), true);
    await opener.click();
    await versions.getByRole('button', { name: /^v1 / }).click();
    await page.getByRole('heading', { level: 1, name: 'Spec, v1', exact: true }).waitFor();
    await versions.waitFor({ state: 'hidden' });
  });
  await step(t, 'a moment is chosen in the drawer, too', async () => {
    await page.getByRole('button', { name: 'Versions', exact: true }).click();
    await page.getByRole('dialog', { name: 'Versions' }).getByRole('radio', { name: 'Moments' }).click();
    const moments = page.getByRole('dialog', { name: 'Moments' });
    await moments.getByRole('button', { name: /Overridden|overridden|Request/ }).first().click();
    await moments.waitFor({ state: 'hidden' });
    await page.getByRole('heading', { level: 1, name: /^As it was, / }).waitFor();
    await picture(page, 'narrow-moments');
  });
  await step(t, 'no screen is wider than a small window', async () => {
    const tooWide = [];
    for (const [width, height] of [[640, 400], [400, 640]]) {
      await page.setViewportSize({ width, height });
      for (const [name, [hash]] of Object.entries(screens)) {
        await page.evaluate((to) => (location.hash = to), hash.replace('ID', project.id));
        await page.waitForLoadState('networkidle');
        await page.locator('.main .skeleton').first().waitFor({ state: 'detached' });
        await picture(page, `small-${name}-${width}`);
        const wide = await page.evaluate(() => [document.documentElement, ...document.querySelectorAll('.main, .main > .scroll, .main .head')]
          .filter((one) => one.scrollWidth > Math.min(one.clientWidth, innerWidth)).map((one) => `${one.tagName} ${one.className}: ${one.scrollWidth} in ${one.clientWidth}`));
        tooWide.push(...wide.map((one) => `${name} at ${width}: ${one}`));
      }
    }
    assert.deepEqual(tooWide, []);
  });
  await quiet();
  await close();
});

test('why a button is off is shown to who comes by the keyboard', { timeout: 60_000 }, async () => {
  const { page, quiet, close } = await openPage(await (plumb.server ? plumb.reopen() : plumb.serve()));
  await page.evaluate((to) => (location.hash = to), `#/p/${project.id}/spec/document`);
  const pass = page.getByRole('button', { name: /^Pass gate/ });
  const why = page.getByRole('tooltip');
  await pass.waitFor();
  await page.getByRole('button', { name: /^Sign off/ }).focus();
  assert.equal(await why.filter({ visible: true }).count(), 0);
  await page.keyboard.press('Shift+Tab');
  assert.equal(await pass.evaluate((one) => one === document.activeElement), true);
  await why.filter({ visible: true }).waitFor();
  await picture(page, 'why');
  await page.keyboard.press('Escape');
  await why.filter({ visible: true }).waitFor({ state: 'hidden' });
  await quiet();
  await close();
});

test('the title of a screen that is fetched has the focus', { timeout: 60_000 }, async () => {
  const { page, quiet, close } = await openPage(await (plumb.server ? plumb.reopen() : plumb.serve()));
  await page.getByRole('link', { name: /Tide table/ }).first().waitFor();
  let asked;
  const waits = new Promise((resolve) => (asked = resolve));
  await page.route(/assets\/Settings-.*\.js/, asked);
  await page.getByRole('link', { name: 'Settings' }).first().click();
  const script = await waits;
  await page.waitForFunction(() => document.activeElement?.textContent === 'Screen');
  await script.continue();
  await page.waitForFunction(() => document.activeElement?.matches('h1') && document.activeElement.textContent === 'Settings');
  await quiet();
  await close();
});

test('a screen that is left while it loads is not missed', { timeout: 60_000 }, async () => {
  const { page, quiet, close } = await openPage(await (plumb.server ? plumb.reopen() : plumb.serve()));
  await page.getByRole('link', { name: /Tide table/ }).first().waitFor();
  let held = [];
  let holding = false;
  await page.route(/\/(data|rpc)\//, (route) => (holding ? void held.push(route) : route.continue()));
  for (const screen of ['request/document', 'spec/changes', 'spec/run', 'spec/prompt', 'spec/history']) {
    holding = true;
    await page.evaluate((to) => (location.hash = to), `#/p/${project.id}/${screen}`);
    await page.getByRole('tablist').waitFor();
    await page.evaluate(() => (location.hash = '#/'));
    await page.getByRole('heading', { level: 1, name: 'Projects' }).waitFor();
    holding = false;
    assert.notEqual(held.length, 0, `${screen} asks for something`);
    await Promise.all(held.map((route) => route.continue()));
    held = [];
    await page.waitForLoadState('networkidle');
    await plumb.command(['rename', 'tide-table', `Tide table ${screen}`]); // an event, after all answers
    await page.getByText(`Tide table ${screen}`).first().waitFor();
  }
  await quiet();
  await close();
});
