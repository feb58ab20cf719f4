// The data as a whole: backups, the check of everything, and projects as files.
import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { accessible, closeBrowser, openBrowser, openPage, picture, Plumbline, step } from '../harness.mjs';
import { request } from '../scripts.mjs';

let plumb, other, project;
const data = () => path.join(plumb.home, 'data');

before(async () => {
  [plumb, other] = await Promise.all([Plumbline.create(), Plumbline.create(), openBrowser()]);
  for (const one of [plumb, other]) await one.command(['settings', 'ollamaUrl', 'http://127.0.0.1:9']);
  for (const kept of ['dailyBackups', 'weeklyBackups']) await plumb.command(['settings', kept, '0']); // until they are asked for
  project = await plumb.command(['new', 'Tide table', '--idea', 'A tide table that works offline. For sailors.']);
  await plumb.command(['artifact', 'save', 'tide-table', 'request.md', '-'], { input: request });
});
after(async () => {
  await closeBrowser();
  await plumb?.remove();
  await other?.remove();
});

test('data and backups', { timeout: 120_000 }, async (t) => {
  const { page, quiet } = await openPage(await plumb.serve());
  const part = (name, act) => step(t, name, async () => { await act(); await quiet(); });
  const section = page.getByRole('region', { name: 'Data and backups' });
  const button = (name) => section.getByRole('button', { name });
  await page.evaluate(() => (location.hash = '#/settings/data'));

  await part('an empty list says so, and the folder can be copied', async () => {
    await section.getByText('There is no backup yet.').waitFor();
    await button('Copy path').click();
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), data());
  });
  await part('how many are kept is saved at once', async () => {
    const days = section.getByLabel('Days whose backup is kept');
    await section.getByText('None is made by itself. Those made so far stay.').waitFor();
    await days.fill('14');
    await days.press('Enter');
    await section.getByLabel('Weeks whose backup is kept').fill('1');
    await section.getByLabel('Weeks whose backup is kept').press('Tab');
    await section.getByText('week', { exact: true }).waitFor();
    await page.waitForLoadState('networkidle');
    const kept = await plumb.command(['settings']);
    assert.deepEqual([kept.dailyBackups, kept.weeklyBackups], [14, 1]);
    await days.fill('900');
    await days.press('Enter');
    await section.getByRole('alert').waitFor();
    assert.equal(await days.getAttribute('aria-invalid'), 'true');
    await days.press('Escape');
    await section.getByRole('alert').waitFor({ state: 'detached' });
    assert.equal(await days.inputValue(), '14');
  });
  await part('a backup is made by the keyboard alone, and listed', async () => {
    await button('Back up now').focus();
    await page.keyboard.press('Enter');
    await page.locator('.toast', { hasText: /Everything is in .*plumbline-\d+T\d+Z\.zip, .*and was read back\./ }).waitFor();
    const row = section.getByRole('row', { name: /today.*Asked for.*plumbline-/ });
    await row.getByRole('button', { name: /^Copy the path/ }).click();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    assert.deepEqual((await plumb.command(['backup', '--list'])).filter((one) => !one.auto).map((one) => one.path), [copied]);
  });
  await part('everything is checked', async () => {
    await button('Check everything').click();
    await section.getByText('Everything is as it was written.').waitFor();
    await section.getByText('1 history and the database were read.').waitFor();
    await accessible(page, 'data and backups');
    await picture(page, 'data-checked');
  });
  await part('why no backup can be made stands in its place', async () => {
    await rename(path.join(data(), 'backups'), path.join(data(), 'kept'));
    await writeFile(path.join(data(), 'backups'), 'a file, not a folder');
    await button('Back up now').click();
    await section.getByRole('alert').waitFor();
    await picture(page, 'data-no-backup');
    await rm(path.join(data(), 'backups'));
    await rename(path.join(data(), 'kept'), path.join(data(), 'backups'));
    await button('Back up now').click();
    await section.getByRole('row', { name: /plumbline-/ }).nth(1).waitFor();
    await section.getByRole('alert').waitFor({ state: 'detached' });
  });
  await part('what is damaged is named, with the way out', async () => {
    const packs = path.join(data(), 'projects', project.id, 'history.git/objects/pack');
    const aside = path.join(plumb.home, 'aside');
    await mkdir(aside);
    const names = (await readdir(packs)).filter((name) => name.endsWith('.pack'));
    for (const name of names) await rename(path.join(packs, name), path.join(aside, name));
    await page.keyboard.press('Control+K');
    await page.getByRole('combobox').fill('check everything');
    await page.keyboard.press('Enter');
    await section.getByText(/damaged\./).first().waitFor();
    await section.getByText('“plumbline repair”').first().waitFor();
    await accessible(page, 'damage');
    await picture(page, 'data-damaged');
    for (const name of names) await rename(path.join(aside, name), path.join(packs, name));
    await button('Check everything').click();
    await section.getByText('Everything is as it was written.').waitFor();
  });
  await part('a list that cannot be had can be asked for again', async () => {
    await page.route('**/rpc/Data/Backups', (route) => route.abort('connectionrefused'));
    await page.evaluate(() => (location.hash = '#/'));
    await page.getByRole('heading', { level: 1, name: 'Projects' }).waitFor();
    await page.evaluate(() => (location.hash = '#/settings/data'));
    await section.getByText('Plumbline does not answer.').waitFor();
    await page.unroute('**/rpc/Data/Backups');
    await button('Try again').click();
    await section.getByRole('row', { name: /plumbline-/ }).first().waitFor();
  });
});

test('a project goes from one Plumbline to another', { timeout: 120_000 }, async (t) => {
  const here = await openPage(await (plumb.server ? plumb.reopen() : plumb.serve()));
  const there = await openPage(await other.serve());
  const file = path.join(plumb.home, 'tide.zip');
  const dialog = there.page.getByRole('dialog', { name: 'Import as a new project?' });

  /** Chooses a file where the page asks for one. */
  async function give(page, ask, name) {
    const [chooser] = await Promise.all([page.waitForEvent('filechooser'), ask()]);
    await chooser.setFiles(name);
  }
  async function save(page, ask) {
    const [download] = await Promise.all([page.waitForEvent('download'), ask()]);
    assert.match(download.suggestedFilename(), /^tide-table-\d{4}-\d\d-\d\d\.zip$/);
    await download.saveAs(file);
  }
  async function palette(page, words) {
    await page.keyboard.press('Control+K');
    await page.getByRole('combobox').fill(words);
    await page.keyboard.press('Enter');
  }

  await step(t, 'it is exported from the menu of its name', async () => {
    await here.page.evaluate((to) => (location.hash = to), `#/p/${project.id}/request/document`);
    await save(here.page, async () => {
      await here.page.getByRole('button', { name: 'Tide table' }).click();
      await here.page.getByRole('menu', { name: 'Projects' }).waitFor();
      await picture(here.page, 'export-menu');
      await here.page.getByRole('menuitemradio', { name: 'Export Tide table' }).click();
    });
    await here.page.getByText(/“Tide table” is among your downloads: tide-table-/).waitFor();
    assert.equal((await readFile(file)).subarray(0, 2).toString(), 'PK');
    assert.deepEqual((await readdir(data())).filter((name) => name.startsWith('transfer')), []);
  });
  await step(t, 'it is handed off to others, with a preview', async () => {
    const handoff = here.page.getByRole('dialog', { name: 'Hand off “Tide table”' });
    await palette(here.page, 'hand off');
    await handoff.getByRole('region', { name: 'tide-table.md' }).getByText('# Tide table').waitFor();
    await handoff.getByText('This format holds all of it.').waitFor();
    await handoff.getByRole('radio', { name: 'Spec Kit' }).check();
    await handoff.getByRole('button', { name: /^checklists\/requirements\.md/ }).click();
    await handoff.getByText('Spec Kit knows no gates: where they stand is left out.').waitFor();
    assert.equal(await handoff.getByRole('combobox', { name: 'What of it' }).locator('option').nth(1).isDisabled(), true);
    await accessible(here.page, 'the hand-off');
    await picture(here.page, 'handoff');
    const [download] = await Promise.all([here.page.waitForEvent('download'), handoff.getByRole('button', { name: 'Save as an archive' }).click()]);
    assert.equal(download.suggestedFilename(), 'tide-table-speckit.zip');
    const kit = path.join(plumb.home, 'kit.zip');
    await download.saveAs(kit);
    assert.match(await readFile(kit, 'latin1'), /^PK.*specs\/001-tide-table\/spec\.md/s);
    await here.page.getByText(/^tide-table-speckit\.zip with \d files is among your downloads/).waitFor();
  });
  await step(t, 'a first page takes it in', async () => {
    await picture(there.page, 'welcome-import');
    await give(there.page, () => there.page.getByRole('button', { name: 'Import it' }).click(), file);
    await there.page.getByText('“Tide table” is here, with its history.').waitFor();
    await there.page.getByRole('heading', { level: 1, name: 'Request', exact: true }).waitFor();
    assert.equal((await other.command(['artifact', 'show', 'tide-table', 'request.md'])).markdown, request);
  });
  await step(t, 'the same again can stand beside it', async () => {
    await there.page.evaluate(() => (location.hash = '#/'));
    await give(there.page, () => there.page.getByRole('button', { name: 'Import', exact: true }).click(), file);
    await dialog.getByText(/“Tide table” is here already, with everything that is in the file\. It can stand/).waitFor();
    await accessible(there.page, 'the question of a conflict');
    await picture(there.page, 'import-conflict');
    assert.equal(await dialog.getByLabel('Name').evaluate((one) => one === document.activeElement), true);
    await dialog.getByLabel('Name').fill('Tide table');
    await there.page.keyboard.press('Enter');
    await dialog.getByRole('alert').waitFor();
    await picture(there.page, 'import-name-taken');
    await dialog.getByLabel('Name').fill('Tide table, a copy');
    await there.page.keyboard.press('Enter');
    await there.page.getByText('“Tide table, a copy” is here, with its history.').waitFor();
    await dialog.waitFor({ state: 'hidden' });
  });
  await step(t, 'what is new comes in, by the palette', async () => {
    await plumb.command(['artifact', 'save', 'tide-table', 'request.md', '-'], { input: `${request}\nMore.\n` });
    await save(here.page, () => palette(here.page, 'export tide'));
    await give(there.page, () => palette(there.page, 'import a project'), file);
    await there.page.getByText('More.', { exact: true }).waitFor();
    assert.match((await other.command(['artifact', 'show', 'tide-table', 'request.md'])).markdown, /More\./);
  });
  await step(t, 'what has gone on in both is not merged, and nothing is lost', async () => {
    await plumb.command(['artifact', 'save', 'tide-table', 'request.md', '-'], { input: `${request}\nHere.\n` });
    await other.command(['artifact', 'save', 'tide-table', 'request.md', '-'], { input: `${request}\nThere.\n` });
    await save(here.page, () => palette(here.page, 'export tide'));
    await give(there.page, () => palette(there.page, 'import a project'), file);
    await dialog.getByText('“Tide table” has changed here and in the file.').waitFor();
    await there.page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'hidden' });
    assert.match((await other.command(['artifact', 'show', 'tide-table', 'request.md'])).markdown, /There\./);
  });
  await step(t, 'what is no project is called by its name', async () => {
    const wrong = path.join(plumb.home, 'holiday.zip');
    await writeFile(wrong, 'sun and sand');
    await give(there.page, () => palette(there.page, 'import a project'), wrong);
    const no = there.page.getByRole('dialog', { name: 'holiday.zip was not imported' });
    await no.getByText(/^holiday\.zip is not/).waitFor();
    await accessible(there.page, 'a file that is no project');
    await picture(there.page, 'import-wrong');
    await give(there.page, () => no.getByRole('button', { name: 'Choose another file' }).click(), file);
    await dialog.waitFor();
    await there.page.keyboard.press('Escape');
    assert.deepEqual((await readdir(path.join(other.home, 'data'))).filter((name) => name.startsWith('transfer')), []);
  });
  await step(t, 'a folder of specifications is shown first, and becomes projects as chosen', async () => {
    const repo = path.join(plumb.home, 'harbour');
    const files = {
      'specs/001-day-tickets/spec.md': '# Feature Specification: Day tickets\n\n**Input**: User description: "Sell day tickets."\n\n<script>globalThis.hacked=1</script>\n',
      'specs/001-day-tickets/tasks.md': '- [x] T001 Print a ticket\n',
      'openspec/changes/archive/old/proposal.md': '## Why\n\nDone.\n',
      'src/main.go': 'package main\n',
    };
    for (const [name, text] of Object.entries(files)) {
      await mkdir(path.dirname(path.join(repo, name)), { recursive: true });
      await writeFile(path.join(repo, name), text);
    }
    const { page } = there;
    await page.evaluate(() => (location.hash = '#/'));
    await page.getByRole('button', { name: 'Import specs' }).click();
    const box = page.getByRole('dialog', { name: 'Import specifications' });
    await page.setInputFiles('dialog input[type=file] >> nth=0', repo);
    await box.getByText('2 specifications found. Nothing has changed so far.').waitFor();
    await box.getByText('spec.md holds HTML that could run; here it is text.').waitFor();
    assert.deepEqual([await box.getByLabel('Day tickets').isChecked(), await box.getByLabel('Old').isChecked()], [true, false]);
    await accessible(page, 'specifications that are to come in');
    await picture(page, 'import-specifications');
    await box.getByRole('button', { name: 'Make 1 project' }).click();
    await page.locator('.toast', { hasText: '“Day tickets” is here. Its gates are still to be passed.' }).waitFor();
    await page.getByRole('heading', { level: 1, name: 'Request', exact: true }).waitFor();
    const [first] = (await other.command(['step', 'list', 'day-tickets'])).steps;
    assert.deepEqual([first.step.number, first.item], ['T001', 'claimed']);
    assert.equal(await page.evaluate(() => globalThis.hacked), undefined);
    // A text that is dropped on the projects is an idea.
    await page.evaluate(() => (location.hash = '#/'));
    await page.getByRole('heading', { level: 1, name: 'Projects' }).waitFor();
    const idea = await page.evaluateHandle(() => {
      const transfer = new DataTransfer();
      transfer.items.add(new File(['A log of the tides.'], 'tide-log.md', { type: 'text/markdown' }));
      return transfer;
    });
    await page.getByRole('main').dispatchEvent('drop', { dataTransfer: idea });
    await page.getByRole('textbox', { name: 'The idea' }).and(page.locator(':not(:placeholder-shown)')).waitFor();
    assert.equal(await page.getByLabel('Name').inputValue(), 'Tide log');
  });
  await here.quiet();
  await there.quiet();
  await there.close();
  await here.close();
});

for (const theme of ['light', 'dark']) {
  test(`data and backups in ${theme}`, { timeout: 60_000 }, async () => {
    const { page, quiet, close } = await openPage(await (plumb.server ? plumb.reopen() : plumb.serve()), { theme });
    await page.evaluate(() => (location.hash = '#/settings/data'));
    for (const [width, height] of [[1440, 900], [1100, 720], [400, 640]]) {
      await page.setViewportSize({ width, height });
      await page.getByRole('row', { name: /plumbline-/ }).first().waitFor();
      const region = page.getByRole('region', { name: 'Data and backups' });
      await region.scrollIntoViewIfNeeded();
      await picture(page, `data-${theme}-${width}`);
      await accessible(page, `data in ${theme} at ${width}`);
      const wide = await region.evaluate((one) => [document.documentElement, one, ...one.querySelectorAll('*:not(.trunc, .vh)')].filter((part) => part.clientWidth > 0 && part.scrollWidth > part.clientWidth).map((part) => part.className));
      assert.deepEqual(wide, [], `at ${width}`);
    }
    await quiet();
    await close();
  });
}
