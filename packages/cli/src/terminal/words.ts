/** Numbers as people read them. */

/** `1 letter`, `1,200 letters`. */
export function count(number: number, word: string): string {
  return `${number.toLocaleString('en-US')} ${word}${number === 1 ? '' : 's'}`;
}

/** `512 B`, `1.5 KiB`, `3.0 GiB`. */
export function bytes(size: number): string {
  if (size < 1024) return `${size} B`;
  const units = ['KiB', 'MiB', 'GiB', 'TiB'];
  let value = size / 1024;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${value.toFixed(1)} ${units[unit]}`;
}

/** `40 s`, `5 min`, `3 h`, `2 d`: the largest unit of which there is at least one. */
export function duration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  const minutes = Math.round(seconds / 60);
  const hours = Math.round(minutes / 60);
  if (seconds < 60) return `${seconds} s`;
  if (minutes < 60) return `${minutes} min`;
  return hours < 48 ? `${hours} h` : `${Math.round(hours / 24)} d`;
}

/** `a, b and 3 more`. */
export function some(names: readonly string[], shown = 3): string {
  const rest = names.length - shown;
  return names.slice(0, shown).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}

/** A text that came from elsewhere, made safe to print: no control character can move the cursor or colour the rest. */
export function printable(text: string): string {
  // oxlint-disable-next-line no-control-regex -- these are what is to be shown
  return text.replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, (control) =>
    control === '\n' || control === '\t' ? ' ' : `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
