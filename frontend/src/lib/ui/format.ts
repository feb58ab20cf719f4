let whole: Intl.NumberFormat | undefined;

/** 1842 becomes "1,842". The formatter is made when it is needed: to load it would hold the first paint up. */
export function count(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1000) return String(value);
  whole ??= new Intl.NumberFormat('en');
  return whole.format(value);
}

/** "1 model", "3 models". */
export function plural(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** Bytes as people read them: "274 MB", "9.0 GB". */
export function bytes(value: number): string {
  if (value < 1000) return `${value} bytes`;
  const units = ['kB', 'MB', 'GB', 'TB'];
  let size = value;
  let unit = -1;
  while (size >= 1000 && unit < units.length - 1) {
    size /= 1000;
    unit++;
  }
  return `${size < 10 ? size.toFixed(1) : Math.round(size)} ${units[unit] ?? ''}`;
}

/** A window of tokens: 32768 becomes "32k". */
export function tokens(value: number): string {
  return value >= 1024 ? `${Math.round(value / 1024)}k` : count(value);
}
