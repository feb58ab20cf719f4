// The author mark: a rule beside what a person wrote in a text of a model.
import type { Blame, Origin, Passage } from '../../lib/api';

/** The passages of a person, if somebody else has written in the document, too. */
export function marked(blame: Blame | undefined): ReadonlyMap<Passage, Origin> {
  const marks = new Map<Passage, Origin>();
  if (!blame?.origins.some((one) => one.author.kind === 'model')) return marks;
  for (const passage of blame.passages) {
    const origin = blame.origins[passage.origin];
    if (origin?.author.kind === 'person') marks.set(passage, origin);
  }
  return marks;
}

/** Marks the elements of a rendered document whose words are a person's, and clears the others. */
export function markAuthors(root: HTMLElement, blame: Blame | undefined, tell: (origin: Origin) => string): void {
  const marks = marked(blame);
  const put = (element: HTMLElement, passage: Passage | undefined): void => {
    const origin = passage && marks.get(passage);
    element.classList.toggle('mine', origin !== undefined);
    // All rules stand in one line, however far their passages are set in.
    if (origin) element.style.setProperty('--in', `${root.getBoundingClientRect().left - element.getBoundingClientRect().left}px`);
    if (origin) element.title = tell(origin);
    else element.removeAttribute('title');
  };
  const blocks = [...root.querySelectorAll<HTMLElement>('[data-line]')];
  blocks.forEach((block, i) => {
    const [from, to] = [Number(block.dataset.line), Number(blocks[i + 1]?.dataset.line ?? Infinity)];
    const passages = blame?.passages.filter((one) => one.line >= from && one.line < to) ?? [];
    const items = [...block.querySelectorAll<HTMLElement>('li')];
    if (items.length === 0) put(block, passages[0]);
    // Items and passages are both in the order of the text. Where they do not match, nothing is said.
    else items.forEach((item, k) => put(item, items.length === passages.length ? passages[k] : undefined));
  });
}
