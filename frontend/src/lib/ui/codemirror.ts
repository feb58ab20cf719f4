// CodeMirror in our clothes. Loaded only when an editor is opened.
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { markdown, markdownLanguage } from '@codemirror/lang-markdown';
import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import { highlightSelectionMatches, searchKeymap } from '@codemirror/search';
import { EditorState, type Extension } from '@codemirror/state';
import { drawSelection, EditorView, keymap, placeholder as placeholderText } from '@codemirror/view';
import { tags } from '@lezer/highlight';

export interface EditorOptions {
  /** The shadow root the editor lives in; its styles are adopted there, as the policy allows. */
  root: ShadowRoot;
  text: string;
  label: string;
  placeholder: string;
  /** A file, in the type of code, instead of a page. */
  code: boolean;
  onchange: (text: string) => void;
  onsave: () => void;
}

/** What the component needs of an editor. */
export interface EditorHandle {
  text(): string;
  /** Replaces the whole text as one undoable change. */
  replace(text: string): void;
  focus(): void;
  /** Puts the cursor at the beginning of a line, and the line into view. */
  goTo(line: number): void;
  destroy(): void;
}

export function openEditor(options: EditorOptions): EditorHandle {
  const view = new EditorView({
    root: options.root,
    parent: options.root,
    state: EditorState.create({ doc: options.text, extensions: extensions(options) }),
  });
  return {
    text: () => view.state.doc.toString(),
    replace: (text) => view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } }),
    focus: () => view.focus(),
    goTo: (line) => {
      const { from } = view.state.doc.line(Math.max(1, Math.min(line, view.state.doc.lines)));
      view.dispatch({ selection: { anchor: from }, effects: EditorView.scrollIntoView(from, { y: 'center' }) });
      view.focus();
    },
    destroy: () => view.destroy(),
  };
}

function extensions(options: EditorOptions): Extension[] {
  return [
    history(),
    drawSelection(),
    highlightSelectionMatches(),
    markdown({ base: markdownLanguage }),
    syntaxHighlighting(marks),
    EditorView.lineWrapping,
    EditorView.contentAttributes.of({
      'aria-label': options.label,
      'aria-description': 'Tab indents. Escape, then Tab, leaves the editor.',
      spellcheck: 'true',
      tabindex: '0', // the region that scrolls around it is reached by keys through it
    }),
    placeholderText(options.placeholder),
    EditorState.phrases.of(phrases),
    keymap.of([
      { key: 'Mod-s', preventDefault: true, run: () => (options.onsave(), true) },
      ...searchKeymap,
      ...historyKeymap,
      ...defaultKeymap,
      indentWithTab,
    ]),
    EditorView.updateListener.of((update) => {
      if (update.docChanged) options.onchange(update.state.doc.toString());
    }),
    ...(options.code ? [codeTheme] : []), // the first one of a property counts
    theme,
  ];
}

/** The words of the search panel, in sentence case. */
const phrases = {
  next: 'Next',
  previous: 'Previous',
  all: 'All',
  'match case': 'Match case',
  regexp: 'Pattern',
  'by word': 'Whole words',
  replace: 'Replace',
  'replace all': 'Replace all',
  close: 'Close',
};

const marks = HighlightStyle.define([
  { tag: tags.heading1, fontSize: '1.35em', fontWeight: '600' },
  { tag: tags.heading2, fontSize: '1.2em', fontWeight: '600' },
  { tag: [tags.heading3, tags.heading4, tags.heading5, tags.heading6], fontWeight: '600' },
  { tag: tags.strong, fontWeight: '600' },
  { tag: tags.emphasis, fontStyle: 'italic' },
  { tag: tags.strikethrough, textDecoration: 'line-through' },
  { tag: tags.monospace, fontFamily: 'var(--font-mono)', fontSize: '.86em' },
  { tag: tags.quote, color: 'var(--ink-2)' },
  { tag: [tags.link, tags.url], color: 'var(--blue)' },
  { tag: [tags.processingInstruction, tags.contentSeparator, tags.meta], color: 'var(--ink-3)' },
]);

const codeTheme = EditorView.theme({
  '.cm-scroller': { font: '400 13px/22px var(--font-mono)' },
  '.cm-content': { maxWidth: '760px', padding: '20px 0 30vh' },
});

/** Custom properties reach into the shadow root, so one theme serves light and dark. */
const theme = EditorView.theme({
  '&': { height: '100%', color: 'var(--ink)', backgroundColor: 'transparent' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': {
    font: '400 var(--doc-size, 16.5px)/var(--doc-line, 28px) var(--font-doc)',
    overflow: 'auto',
    scrollbarWidth: 'thin',
    scrollbarColor: 'var(--line-2) transparent',
  },
  '.cm-content': { maxWidth: '640px', margin: '0 auto', padding: '28px 0 40vh', caretColor: 'var(--blue)' },
  '.cm-line': { padding: '0' },
  '.cm-cursor': { borderLeft: '2px solid var(--blue)' },
  '.cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground': {
    background: 'var(--blue-line)',
  },
  '.cm-selectionMatch': { backgroundColor: 'var(--selected)' },
  '.cm-searchMatch': { backgroundColor: 'var(--amber-soft)', outline: '1px solid var(--amber-line)' },
  '.cm-searchMatch-selected': { backgroundColor: 'var(--amber-line)' },
  '.cm-placeholder': { color: 'var(--ink-3)' },
  '.cm-panels': {
    color: 'var(--ink)',
    backgroundColor: 'var(--paper)',
    font: '400 13px/20px var(--font-ui)',
    borderTop: '1px solid var(--line)',
  },
  '.cm-panel.cm-search': { padding: '8px 40px 8px 24px' },
  '.cm-panel.cm-search label': { fontSize: '12px', color: 'var(--ink-2)' },
  '.cm-panel.cm-search [name=close]': { font: '400 20px/24px var(--font-ui)', color: 'var(--ink-2)', width: '24px', right: '12px', top: '8px' },
  '.cm-textfield': {
    font: 'inherit',
    color: 'inherit',
    backgroundColor: 'var(--raised)',
    border: '1px solid var(--control)',
    borderRadius: '6px',
    padding: '4px 8px',
  },
  '.cm-button': {
    font: '500 12px/16px var(--font-ui)',
    color: 'var(--ink)',
    background: 'var(--raised)',
    border: '1px solid var(--line-2)',
    borderRadius: '6px',
    padding: '5px 10px',
    textTransform: 'none',
  },
});
