import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig, type Plugin } from 'vitest/config';

/** The policy of the window. The server sends the same as a header. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** Vite's own server injects inline styles, so the policy belongs to builds only. */
function contentSecurityPolicy(): Plugin {
  return {
    name: 'content-security-policy',
    apply: 'build',
    transformIndexHtml: () => [
      { tag: 'meta', attrs: { 'http-equiv': 'Content-Security-Policy', content: policy }, injectTo: 'head-prepend' },
    ],
  };
}

/** The fonts of the first screen: fetched beside the scripts, so that the first paint is in the right type. */
const firstFonts = ['inter-latin-wght-normal', 'source-serif-4-latin-opsz-normal', 'ibm-plex-mono-latin-500-normal'];

function preloadFonts(): Plugin {
  return {
    name: 'preload-fonts',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler: (_html, { bundle = {} }) =>
        firstFonts.map((font) => {
          const file = Object.keys(bundle).find((name) => name.startsWith(`assets/${font}-`));
          if (!file) throw new Error(`There is no font ${font} in the bundle.`);
          return {
            tag: 'link',
            attrs: { rel: 'preload', as: 'font', type: 'font/woff2', crossorigin: true, href: `./${file}` },
            injectTo: 'head',
          };
        }),
    },
  };
}

/**
 * The script makes all that is on the page. Without this an empty page is painted first,
 * and what the script has made must wait until that is done.
 */
function paintOnce(): Plugin {
  const script = '<script type="module"';
  return {
    name: 'paint-once',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler: (html) => {
        if (!html.includes(script)) throw new Error('There is no script in the page.');
        return html.replace(script, `${script} blocking="render"`);
      },
    },
  };
}

export default defineConfig({
  base: './',
  plugins: [svelte(), contentSecurityPolicy(), preloadFonts(), paintOnce()],
  // The policy forbids fonts and scripts from data URLs, so nothing is inlined.
  build: {
    target: 'es2022',
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 700,
    // What the first paint needs is one script and one style sheet: none waits for another to name it.
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: 'start', tags: ['$initial'] }] } } },
  },
  server: { proxy: { '/rpc': 'http://127.0.0.1:7171', '/data': 'http://127.0.0.1:7171', '/events': 'http://127.0.0.1:7171' } },
  test: { include: ['src/**/*.test.ts'], environment: 'node' },
});
