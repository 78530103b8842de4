/** Enough of a key to tell it from another, too little to use it. */
export function maskKey(key: string): string {
  if (key === '') return '-';
  const shown = key.length >= 16 ? key.slice(-4) : '';
  return `${key.startsWith('th_') ? 'th_' : ''}…${shown} (${key.length} characters)`;
}
