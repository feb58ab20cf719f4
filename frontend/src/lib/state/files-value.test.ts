import { describe, expect, it } from 'vitest';
import { filesOf, filesText, withFiles } from './files-value';

describe('files as a value', () => {
  it.each([
    [[{ path: 'main.go', text: 'package main\n\nfunc main() {}' }]],
    [[{ path: 'a.md', text: 'Text\n```go\nx\n```\nmore' }, { path: 'b/c.txt', text: '' }]],
    [[{ path: 'fence.md', text: '````\n```\n````' }, { path: 'like.md', text: 'File: `x`\n```\nno\n```' }]],
    [[{ path: 'größe.txt', text: 'Maß\n\n' }]],
  ])('are read as they were written: %j', (files) => {
    const read = filesOf(filesText(files));
    expect(read?.map((one) => one.path)).toEqual(files.map((one) => one.path));
    expect(filesText(read ?? [])).toBe(filesText(files));
  });

  it('name each file above a fence that is longer than any within', () => {
    expect(filesText([{ path: 'a.md', text: '```\nx\n```\n' }])).toBe('File: `a.md`\n````\n```\nx\n```\n````\n');
  });

  it('are told from text that somebody typed', () => {
    expect(filesOf('')).toEqual([]);
    expect(filesOf('just text')).toBeUndefined();
    expect(filesOf('File: `a`\n```\nopen')).toBeUndefined();
  });

  it('take the place of a file of the same path', () => {
    const files = withFiles([{ path: 'b', text: 'old' }, { path: 'a', text: '1' }], [{ path: 'b', text: 'new' }]);
    expect(files).toEqual([{ path: 'a', text: '1' }, { path: 'b', text: 'new' }]);
  });
});
