// Every screen in both themes and both sizes: nothing that axe calls serious,
// nothing wider than the window, and a picture for people.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { accessible, closeBrowser, openBrowser, openPage, picture, Plumbline, startOllama } from '../harness.mjs';
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
        const [inner, outer] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
        assert.ok(inner <= outer, `${name} is ${inner} wide in ${outer}`);
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
