// What a crash leaves, and what bad input meets.
import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { accessible, closeBrowser, openBrowser, openPage, Plumbline, startOllama, step } from '../harness.mjs';

let ollama, plumb;
before(async () => {
  [ollama, plumb] = await Promise.all([startOllama(), Plumbline.create(), openBrowser()]);
  await plumb.command(['settings', 'ollamaUrl', ollama.url]);
});
after(async () => {
  await closeBrowser();
  await plumb?.remove();
  await ollama?.stop();
});

test('kill -9 in the middle of an answer and of typing', { timeout: 120_000 }, async (t) => {
  await plumb.command(['new', 'Tide table', '--idea', 'A tide table that works offline.']);
  await plumb.command(['settings', 'defaultModel', 'rambler']);
  const first = await openPage(await plumb.serve());
  const page = first.page;

  await step(t, 'an answer streams', async () => {
    await page.getByRole('link', { name: /Tide table/ }).first().click();
    await page.getByRole('heading', { level: 1, name: 'Request', exact: true }).waitFor();
    await page.keyboard.press('Control+Enter');
    await page.waitForFunction(() => (document.querySelector('.doc')?.textContent ?? '').length > 3000, undefined, { timeout: 60_000 });
    const [sign, title] = await Promise.all(['.spinner', '.ti'].map((part) => page.locator(`li.running ${part}`).first().boundingBox()));
    assert.ok(sign.x + sign.width <= title.x, 'the sign of a running condition lies beside its title');
  });
  await step(t, 'the server is killed', async () => {
    const shown = await page.evaluate(() => document.querySelector('.doc').textContent.length);
    await plumb.end('SIGKILL');
    const again = await openPage(await plumb.serve());
    await again.page.getByRole('link', { name: /Tide table/ }).first().click();
    await again.page.getByRole('tab', { name: /^Run/ }).click();
    await again.page.getByText('The app was closed while this was written.').waitFor();
    const kept = await again.page.evaluate(() => document.querySelector('.doc').textContent.length);
    assert.ok(kept > shown / 4, `${kept} of ${shown} characters were kept`);
    const [run] = await plumb.command(['runs', 'tide-table']);
    assert.equal(run.state, 'interrupted');
    await again.quiet();
    await again.close();
  });
  await step(t, 'typing is kept', async () => {
    const typing = await openPage(await plumb.reopen());
    await typing.page.getByRole('link', { name: /Tide table/ }).first().click();
    await typing.page.getByRole('tab', { name: /^Document/ }).click();
    await typing.page.getByRole('button', { name: /Write by hand/ }).click();
    await typing.page.locator('.cm-content').click();
    await typing.page.keyboard.type('# Half a thought');
    await typing.page.getByText('Draft kept').waitFor();
    await plumb.end('SIGKILL');
    const back = await openPage(await plumb.serve());
    await back.page.getByRole('link', { name: /Tide table/ }).first().click();
    await back.page.getByRole('tab', { name: /^Document/ }).click();
    await back.page.getByRole('button', { name: 'Go on writing' }).click();
    await back.page.locator('.cm-content').getByText('# Half a thought').waitFor();
    await back.quiet();
  });
});

test('hostile Markdown runs and loads nothing', { timeout: 60_000 }, async () => {
  await plumb.command(['new', 'Rogue', '--idea', 'A test.']);
  await plumb.command(['settings', 'defaultModel', 'rogue']);
  const { page, quiet } = await openPage(await plumb.reopen());
  await page.getByRole('link', { name: /Rogue/ }).first().click();
  await page.getByRole('heading', { level: 1, name: 'Request', exact: true }).waitFor();
  await page.keyboard.press('Control+Enter');
  await page.getByText(/of what was asked for/).waitFor({ timeout: 60_000 });
  await page.locator('.doc').hover();
  assert.equal(await page.evaluate(() => globalThis.hacked), undefined);
  assert.equal(await page.locator('.doc script, .doc iframe, .doc img[src^="http"], .doc [onerror], .doc a[href^="javascript"]').count(), 0);
  await quiet(); // also: no request left the page
});

test('bad input gets a sentence and a way out', { timeout: 60_000 }, async () => {
  const refused = async (args, code, message, options = {}) => {
    const done = await plumb.refused(args, options);
    assert.equal(done.code, code, JSON.stringify(done));
    assert.match(done.message, message);
    assert.ok(done.hint, `a way out of: ${done.message}`);
  };
  const big = path.join(plumb.home, 'big.md');
  await writeFile(big, 'x'.repeat(10 << 20));
  await refused(['new', '🚀🚀', '--idea', 'x'], 'invalid', /no letter or digit/);
  await refused(['new', 'tide TABLE', '--idea', 'x'], 'conflict', /already a project named “Tide table”/);
  await refused(['new', 'Empty', '--idea', ' '], 'invalid', /needs an idea/);
  await refused(['new', 'Big', '--idea-file', big], 'limit', /10\.0 MB long/);
  await refused(['run', 'tide-table', 'request', '--model', 'nobody:7b'], 'not_found', /nobody:7b/);
  await refused(['run', 'tide-table', 'spec'], 'closed', /gate of Request is not passed/, { exit: 3 });
  await refused(['waive', 'tide-table', 'request', '--reason', 'because'], 'invalid', /At least 20/);
  const prompt = await plumb.command(['prompt', 'phase', 'tide-table', 'request']);
  await refused(['run', 'tide-table', 'request', '--paste', '-'], 'invalid', /the prompt itself/, { input: prompt.text });
  await plumb.command(['settings', 'ollamaUrl', 'http://127.0.0.1:9']);
  await refused(['run', 'tide-table', 'request'], 'unavailable', /not answering/);
});

test('a folder that cannot be written is named', { timeout: 30_000 }, async () => {
  const other = await Plumbline.create();
  try {
    await writeFile(path.join(other.home, 'data'), 'a file, not a folder');
    const done = await other.refused(['list']);
    assert.equal(done.code, 'unavailable');
    assert.match(done.message, new RegExp(path.join(other.home, 'data')));
  } finally {
    await other.remove();
  }
});

test('data that cannot be opened is tried again from the page', { timeout: 30_000 }, async () => {
  const other = await Plumbline.create();
  const data = path.join(other.home, 'data');
  try {
    await writeFile(data, 'a file, not a folder');
    other.env.PATH = ''; // no browser of the system is started
    const { page, quiet, close } = await openPage(await other.serve('--open'));
    await page.getByRole('heading', { level: 1, name: 'Plumbline cannot start' }).waitFor();
    await accessible(page, 'cannot start');
    const tried = page.waitForResponse(/App\/Retry/);
    await page.getByRole('button', { name: 'Try again' }).click();
    await tried;
    await page.getByText(data).waitFor();
    await rm(data);
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByText('From idea to production').waitFor();
    await other.command(['new', 'Tide table', '--idea', 'A tide table.']);
    await page.getByText('Tide table').first().waitFor(); // the line of events stands, too
    assert.equal(await page.getByRole('alert').count(), 0);
    await quiet();
    await close();
  } finally {
    await other.remove();
  }
});
