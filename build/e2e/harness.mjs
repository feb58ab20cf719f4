// What every flow needs: a real Ollama with scripted models, a served Plumbline
// in a folder of its own, and a page that fails the test when it complains.
import { spawn, execFile } from 'node:child_process';
import { mkdtemp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import assert from 'node:assert/strict';
import { chromium } from 'playwright-core';
import { models } from './scripts.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const bin = path.join(root, 'bin');
const results = path.join(root, 'build/e2e/results');
const run = promisify(execFile);

/** Starts a program and waits for a line of its output; the rest is kept for the report. */
async function start(program, args, options, wanted) {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
  const gone = new Promise((resolve) => child.once('exit', resolve));
  let output = '';
  const line = await new Promise((resolve, reject) => {
    const take = (chunk) => {
      output += chunk;
      const match = wanted.exec(output);
      if (match) resolve(match[0]);
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.once('error', reject);
    gone.then((code) => reject(new Error(`${program} ended with ${code}:\n${output}`)));
  });
  gone.catch(() => {});
  return { child, gone, line, output: () => output };
}

/** A real Ollama with the models of scripts.mjs; one for a whole file of flows. */
export async function startOllama() {
  const dir = await mkdtemp(path.join(tmpdir(), 'plumbline-e2e-models-'));
  const args = ['serve'];
  for (const [name, scripts] of Object.entries(models)) {
    const file = path.join(dir, `${name}.json`);
    await writeFile(file, JSON.stringify(scripts));
    args.push('-model', `${name}=${file}`);
  }
  const server = await start(path.join(bin, 'ollamatest'), args, {}, /http:\/\/127\.0\.0\.1:\d+/);
  return {
    url: server.line,
    async stop() {
      server.child.kill('SIGTERM');
      await server.gone;
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** A Plumbline of its own: its data folder, its commands, and its server, which can be killed and started again. */
export class Plumbline {
  static async create() {
    return new Plumbline(await mkdtemp(path.join(tmpdir(), 'plumbline-e2e-')));
  }

  constructor(home) {
    this.home = home;
    this.env = { ...process.env, PLUMBLINE_HOME: path.join(home, 'data'), XDG_RUNTIME_DIR: home, NO_COLOR: '1' };
  }

  /** Runs a command and returns its JSON; it must end with the given code. */
  async command(args, { code = 0, input } = {}) {
    const { stdout } = await this.#run(args, code, input);
    return stdout.trim() ? JSON.parse(stdout) : undefined;
  }

  /** Runs a command that must be refused, and returns the error it tells as JSON. */
  async refused(args, { exit = 1, input } = {}) {
    const { stderr } = await this.#run(args, exit, input);
    return JSON.parse(stderr);
  }

  async #run(args, code, input) {
    const pending = run(path.join(bin, 'plumbline'), [...args, '--json'], { env: this.env, maxBuffer: 64 << 20 });
    pending.child.stdin.on('error', () => {}); // it may end without reading
    pending.child.stdin.end(input ?? '');
    const done = await pending.catch((error) => error);
    assert.equal(done.code ?? 0, code, `plumbline ${args.join(' ')}: ${done.stdout}\n${done.stderr}`);
    return done;
  }

  async serve(...options) {
    this.server = await start(path.join(bin, 'plumbline'), ['serve', '--port', '0', ...options], { env: this.env }, /http:\/\/\S+token=\S+/);
    return this.server.line;
  }

  /** Ends the server: by a signal that asks, or by one that does not. */
  async end(signal = 'SIGTERM') {
    this.server.child.kill(signal);
    await this.server.gone;
  }

  /** Ends the server as a person would, and starts it again. */
  async reopen() {
    await this.end();
    return this.serve();
  }

  async remove() {
    if (this.server && this.server.child.exitCode === null && this.server.child.signalCode === null) await this.end();
    await rm(this.home, { recursive: true, force: true });
  }
}

let browser;
let newest; // page, for the picture of a failure

/** The browser of this file of flows. */
export async function openBrowser() {
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
}

export async function closeBrowser() {
  await browser?.close();
}

/**
 * A page that remembers every complaint: an error in a script, a message of the
 * console, something that the content security policy has blocked, a request to
 * anywhere but the server.
 */
export async function openPage(url, { theme = 'light', width = 1440, height = 900 } = {}) {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: theme, reducedMotion: 'reduce', permissions: ['clipboard-read', 'clipboard-write'] });
  const page = await context.newPage();
  newest = page;
  const complaints = [];
  page.on('pageerror', (error) => complaints.push(`script: ${error.message}`));
  page.on('console', (message) => {
    const lost = /net::ERR_(CONNECTION_REFUSED|INCOMPLETE_CHUNKED_ENCODING|EMPTY_RESPONSE|CONNECTION_RESET)|status of (4\d\d|503)/.test(message.text());
    const policy = message.text().includes('Content Security Policy'); // listed apart, as blocked
    if (['error', 'warning'].includes(message.type()) && !lost && !policy) complaints.push(`console: ${message.text()}`);
  });
  const { origin } = new URL(url);
  page.on('request', (request) => {
    if (!request.url().startsWith(origin) && !request.url().startsWith('data:')) complaints.push(`request: ${request.url()}`);
  });
  await page.addInitScript(() => {
    globalThis.blocked = [];
    addEventListener('securitypolicyviolation', (event) => globalThis.blocked.push(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}:${event.columnNumber}`));
  });
  await page.goto(url);
  return {
    page,
    /** Fails when the page has complained since it was opened. */
    async quiet() {
      const blocked = await page.evaluate(() => globalThis.blocked);
      // Chromium itself tries to keep the look of text that is typed over in an
      // editor, with a style attribute and no script or markup of the page behind it.
      const ours = blocked.filter((one) => one !== 'style-src-attr inline :0:0');
      assert.deepEqual([...complaints, ...ours.map((one) => `blocked: ${one}`)], []);
    },
    close: () => context.close(),
  };
}

const axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Fails when axe finds something serious against WCAG 2.2 AA on the page as it is. */
export async function accessible(page, name) {
  await page.evaluate(axe); // through the debugger, which the page's policy does not keep out
  const { violations } = await page.evaluate(() =>
    globalThis.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'], resultTypes: ['violations'] }),
  );
  const serious = violations.filter((one) => ['serious', 'critical'].includes(one.impact));
  assert.deepEqual(serious.map((one) => `${one.id}: ${one.nodes.map((node) => node.target.join(' ')).join(', ')}`), [], name);
}

/** Keeps a picture of the page for people. */
export async function picture(page, name) {
  await mkdir(results, { recursive: true });
  await page.screenshot({ path: path.join(results, `${name}.png`) });
}

/** One step of a flow: the first that fails ends the flow, and its name is told. */
export async function step(t, name, act) {
  try {
    await act();
  } catch (error) {
    error.message = `${name}: ${error.message}`;
    if (newest && !newest.isClosed()) await picture(newest, `failed-${name.replaceAll(/\W+/g, '-')}`);
    throw error;
  }
  t.diagnostic(name);
}
