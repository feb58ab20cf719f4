// What is run from the library: one prompt for several people, a prompt that
// belongs to no project, and the practice that is due.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { accessible, closeBrowser, openBrowser, openPage, picture, Plumbline, startOllama, step } from '../harness.mjs';

let ollama, plumb, project;
before(async () => {
  [ollama, plumb] = await Promise.all([startOllama(), Plumbline.create(), openBrowser()]);
  await plumb.command(['settings', 'ollamaUrl', ollama.url]);
  await plumb.command(['settings', 'defaultModel', 'panel']);
  project = await plumb.command(['new', 'Tide table', '--idea', 'A tide table that works offline.']);
});
after(async () => {
  await closeBrowser();
  await plumb?.remove();
  await ollama?.stop();
});

/** Calls the server as the page does. */
const call = (page, method, url, body) =>
  page.evaluate(
    async ([how, to, what]) => {
      const response = await fetch(to, { method: how, headers: { 'Content-Type': 'application/json', Accept: 'application/json' }, body: JSON.stringify(what) });
      if (!response.ok) throw new Error(await response.text());
      return response.json();
    },
    [method, url, body],
  );

/** A day so many days from today, by the calendar of this machine. */
const day = (from) => new Date(Date.now() + from * 86_400_000).toLocaleDateString('sv');

test('prompts are run for several people, alone, and when they are due', { timeout: 180_000 }, async (t) => {
  const { page, quiet } = await openPage(await plumb.serve());
  const part = (name, act) => step(t, name, async () => { await act(); await quiet(); });
  const button = (name) => page.getByRole('button', { name });
  const title = (name) => page.getByRole('heading', { level: 1, name });
  const go = (hash) => page.evaluate((to) => (location.hash = to), hash);

  await part('two people look at the same, and what they find is one list', async () => {
    await go(`#/p/${project.id}/library/perspectives`);
    await title('Look through other eyes').waitFor();
    await page.getByRole('textbox', { name: /^Feature/ }).fill('Tides at twelve stations');
    await title('Look through other eyes').click();
    await page.keyboard.press('p');
    const dialog = page.getByRole('dialog', { name: 'Ask several people' });
    for (const who of await dialog.getByRole('checkbox').all()) await who.uncheck();
    assert.ok(await dialog.getByRole('button', { name: /^Run/ }).isDisabled());
    await dialog.getByRole('checkbox', { name: /^Security expert/ }).check();
    await dialog.getByRole('checkbox', { name: /^Support manager/ }).check();
    await picture(page, 'perspectives-choice');
    await accessible(page, 'the choice of people');
    await dialog.getByRole('button', { name: 'Run 2 times' }).click();
    await page.getByRole('heading', { name: '3 findings' }).waitFor({ timeout: 60_000 });
    await page.getByText('from all of them').waitFor();
    await picture(page, 'perspectives');
    await accessible(page, 'merged findings');
    const finding = (name) => page.getByRole('listitem').filter({ hasText: name });
    const shared = finding('The station is not checked');
    assert.match(await shared.innerText(), /Security expert[\s\S]*Support manager[\s\S]*all of them/);
    assert.match(await finding('The key is in the log').innerText(), /Security expert/);
    assert.doesNotMatch(await finding('The key is in the log').innerText(), /Support manager/);
    assert.doesNotMatch(await finding('No word of a missing table').innerText(), /Security expert/);
  });

  await part('they are kept as a document of the project', async () => {
    await button('Keep as document').click();
    await page.getByText('Kept as answers/perspectives.md, v1.').waitFor();
    await button('Open').click();
    await title('Perspectives, v1').waitFor();
    await page.getByRole('button', { name: /Whole text/ }).or(page.getByText('The key is in the log')).first().waitFor();
    await picture(page, 'perspectives-kept');
    const { markdown } = await plumb.command(['artifact', 'show', 'tide-table', 'answers/perspectives.md']);
    assert.match(markdown, /- \[ \] P1: The station is not checked[\s\S]*Security expert, Support manager/);
  });

  await part('a prompt runs alone, and its answer is kept', async () => {
    await go('#/library/spec-bug-fix');
    await title('Specify a bug fix').waitFor();
    const form = page.getByRole('region', { name: 'Variables' });
    for (const name of ['What goes wrong', 'Evidence']) await form.getByRole('textbox', { name }).fill('One hour off in summer.');
    await title('Specify a bug fix').click();
    await page.keyboard.press('Enter');
    await button('Keep as document').waitFor({ timeout: 60_000 });
    await page.getByRole('heading', { name: 'Tides' }).waitFor();
    await picture(page, 'scratch-run');
    await button('Keep as document').click();
    await page.getByText('Kept as answers/spec-bug-fix.md, v1.').waitFor();
    await page.locator('.toast').getByRole('button', { name: 'Open' }).click();
    const text = page.getByRole('region', { name: 'Document' });
    await text.getByRole('heading', { name: 'Tides' }).waitFor();
    await page.getByText('answers/spec-bug-fix.md, v1').last().waitFor();
    await picture(page, 'scratch-kept');
    await accessible(page, 'a kept answer');
    await page.keyboard.press('c');
    await page.getByText(/copied as Markdown\./).waitFor();
    assert.match(await page.evaluate(() => navigator.clipboard.readText()), /^# Tides\n\nThe answer to what was asked alone\./);
    await button('Versions').click();
    await page.getByText('The answer to what was asked alone.').waitFor();
    await page.keyboard.press('Escape');
    await text.waitFor();
    await page.reload();
    await text.getByRole('heading', { name: 'Tides' }).waitFor();
    await button('Use it as a prompt').click();
    await page.getByRole('region', { name: 'Text of the prompt' }).getByText('# Tides').waitFor();
  });

  await part('what is due stands on the home screen', async () => {
    await call(page, 'POST', '/rpc/Library/SetFact', [project.id, 'launch', day(3)]);
    await go('#/');
    const strip = page.getByRole('region', { name: 'Practice' });
    await strip.getByText('7 days before the launch').waitFor();
    await strip.getByText('not run yet').waitFor();
    await picture(page, 'practice');
    await accessible(page, 'the practice that is due');
  });
});
