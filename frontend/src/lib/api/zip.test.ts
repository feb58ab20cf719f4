import { expect, it } from 'vitest';
import { crc32, zip } from './zip';

it('knows the check sum of the format', () => {
  expect(crc32(new TextEncoder().encode('123456789'))).toBe(0xcbf43926);
});

it('writes an archive whose directory leads to each file', () => {
  const files = [{ path: 'a.md', content: 'Größe' }, { path: 'b/SKILL.md', content: '' }];
  const bytes = zip(files);
  const view = new DataView(bytes.buffer);
  const end = bytes.length - 22;
  expect(view.getUint32(end, true)).toBe(0x06054b50);
  expect(view.getUint16(end + 10, true)).toBe(2);
  let at = view.getUint32(end + 16, true);
  const read = files.map(() => {
    const [size, name, offset] = [view.getUint32(at + 24, true), view.getUint16(at + 28, true), view.getUint32(at + 42, true)];
    const path = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + name));
    at += 46 + name;
    const start = offset + 30 + view.getUint16(offset + 26, true);
    return { path, content: new TextDecoder().decode(bytes.subarray(start, start + size)) };
  });
  expect(read).toEqual(files);
  expect(at).toBe(end);
});
