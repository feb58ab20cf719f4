/**
 * Makes a state that outlives the component it is made in. What Svelte derives
 * within a component is dead once that is gone, but answers that are on their
 * way, and typing that is still being kept, read it all the same.
 */
export function lasting<T>(make: () => T): T {
  let made: { state: T } | undefined;
  $effect.root(() => {
    made = { state: make() };
  });
  // Without a page, as in the tests, there are no effects, and nothing that could end.
  return made ? made.state : make();
}
