// The prompt library: found as one types, copied with one key, run alone, made
// one's own and changed, and filled with the prompts of other programs.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { accessible, closeBrowser, openBrowser, openPage, picture, Plumbline, startOllama, step } from '../harness.mjs';

let ollama, plumb;
before(async () => {
  [ollama, plumb] = await Promise.all([startOllama(), Plumbline.create(), openBrowser()]);
  await plumb.command(['settings', 'ollamaUrl', ollama.url]);
  await plumb.command(['settings', 'defaultModel', 'scribe']);
  await plumb.command(['new', 'Tide table', '--idea', 'A tide table that works offline.']);
});
after(async () => {
  await closeBrowser();
  await plumb?.remove();
  await ollama?.stop();
});

const system = `# IDENTITY

You shorten texts for people in a hurry.

# INPUT

{{input}}
`;

test('a prompt is found, copied, run, made one’s own, and others come in', { timeout: 180_000 }, async (t) => {
  const { page, quiet } = await openPage(await plumb.serve());
  const part = (name, act) => step(t, name, async () => { await act(); await quiet(); });
  const button = (name) => page.getByRole('button', { name });
  const title = (name) => page.getByRole('heading', { level: 1, name });
  const clipboard = () => page.evaluate(() => navigator.clipboard.readText());
  const go = (hash) => page.evaluate((to) => (location.hash = to), hash);

  await part('a misspelt word finds it, and Enter leads to it', async () => {
    await page.getByRole('link', { name: 'Prompt library' }).click();
    await page.getByRole('option').first().waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('secuirty');
    await page.keyboard.press('Enter'); // before anything is found
    await title('Audit the security').waitFor();
    await accessible(page, 'the library');
    await picture(page, 'library');
  });

  await part('copying asks once when something is missing', async () => {
    await page.evaluate(() => navigator.clipboard.writeText('before'));
    await page.keyboard.press('c');
    await page.getByText(/missing\. Copy the prompt all the same\?/).waitFor();
    assert.equal(await clipboard(), 'before');
    await page.setInputFiles('input[type=file] >> nth=0', { name: 'login.go', mimeType: 'text/plain', buffer: Buffer.from('package login\n') });
    await page.getByRole('region', { name: 'Text of the prompt' }).getByText('package login').waitFor();
    await title('Audit the security').click();
    await page.keyboard.press('c');
    await page.getByText(/^Prompt copied/).waitFor();
    const text = await clipboard();
    assert.match(text, /File: `login\.go`\n```\npackage login\n```/);
    assert.match(text, /You are a security engineer/);
  });

  await part('without an answer, the next prompt is made of what is on the clipboard', async () => {
    await page.evaluate(() => navigator.clipboard.writeText('## Findings\n\n- Critical: the token is in the log'));
    await title('Audit the security').click();
    await page.keyboard.press('n');
    const dialog = page.getByRole('dialog');
    await dialog.getByText('is a list of findings').waitFor();
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
  });

  await part('an answer is pasted, and becomes the next prompt', async () => {
    await button('Paste the answer').click();
    await page.getByRole('textbox', { name: /^Answer/ }).fill('## Findings\n\n- [ ] P1: The password is logged\n  - **Where:** `login.go:1`\n  - **Fix:** leave it out\n');
    await button('Take the answer').click();
    const anyway = button('Take it anyway');
    await anyway.or(page.getByText('The password is logged')).first().waitFor();
    if (await anyway.isVisible()) await anyway.click();
    await button(/^Next prompt/).click();
    await page.getByText('is a list of findings').waitFor();
    await page.getByRole('radio', { name: /fits best/ }).waitFor();
    await page.keyboard.press('Control+Enter');
    await button('Keep as document').waitFor({ timeout: 60_000 });
    await page.getByRole('navigation', { name: 'What led to this' }).getByText('Audit the security').waitFor();
    await picture(page, 'library-chain');
  });

  await part('a built-in prompt is customised, edited, and brought back', async () => {
    await go('#/library/security-audit');
    await title('Audit the security').waitFor();
    await button('Customise').click();
    const editor = page.getByRole('textbox', { name: /^File of/ });
    await editor.waitFor();
    await editor.press('Control+End');
    await page.keyboard.type('\nAnswer in Welsh.\n');
    await page.getByText('Draft kept').waitFor();
    await page.keyboard.press('Control+s');
    await page.getByText('Saved as v2.').waitFor();
    await page.keyboard.press('Escape');
    await button(/^Back to the prompt/).click();
    await page.getByText('Answer in Welsh.').waitFor();
    await button('Versions').click();
    await page.getByText('Answer in Welsh.').waitFor();
    await button(/^Restore v1/).click();
    await page.getByText('v1 restored as v3.').waitFor();
  });

  await part('prompts of another program come in as ticked', async () => {
    await button('Import').click();
    const dialog = page.getByRole('dialog', { name: 'Import prompts' });
    await page.setInputFiles('dialog input[type=file] >> nth=0', { name: 'shorten.md', mimeType: 'text/markdown', buffer: Buffer.from(system) });
    await dialog.getByText('1 prompt found').waitFor();
    await picture(page, 'library-import');
    await accessible(page, 'the import');
    await dialog.getByRole('button', { name: /^Take 1 prompt/ }).click();
    await page.getByText('1 prompt taken in.').waitFor();
    await page.getByRole('region', { name: 'Text of the prompt' }).getByText('You shorten texts for people in a hurry.').waitFor();
    await page.getByRole('textbox', { name: /^input/i }).fill('A long text.');
    await page.getByText(/kept$/).waitFor();
    await title('shorten').click();
    await page.keyboard.press('c');
    await page.getByText(/^Prompt copied/).waitFor();
  });

  await part('the palette finds a prompt by its text and in spite of a slip, and waits for what it searches', async () => {
    await go('#/');
    await title('Projects').waitFor();
    const chosen = page.locator('dialog [role="option"][aria-selected="true"]');
    await page.keyboard.press('Control+Shift+k');
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+k'); // at once: it is open again, and not still closing
    await page.keyboard.type('securty');
    await chosen.filter({ hasText: 'Audit the security' }).waitFor();
    await picture(page, 'palette-search');
    await accessible(page, 'the palette');
    await page.keyboard.press('Control+a');
    await page.keyboard.type('set');
    await chosen.filter({ hasText: 'Settings:' }).waitFor(); // what is called so stands before what says so
    await page.keyboard.press('Control+a');
    await page.keyboard.type('/hired to break into this');
    await page.keyboard.press('Shift+Enter');
    await title('Audit the security').waitFor();
  });

  await part('three strokes from anywhere to the clipboard', async () => {
    await go('#/');
    await title('Projects').waitFor();
    await page.keyboard.press('Control+Shift+k');
    await page.getByRole('option').first().and(page.locator('[aria-selected="true"]')).waitFor();
    await page.evaluate(() => navigator.clipboard.writeText('before'));
    await page.keyboard.press('Enter');
    await page.getByText(/^“Shorten” copied/i).waitFor();
    assert.match(await clipboard(), /A long text\./);
  });
});
