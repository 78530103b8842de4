import { crc32 } from 'node:zlib';

const FILLER = 'lorem ipsum dolor sit amet – consectetur adipiscing elit; '.repeat(40);

/** A record that says which of its life it is, and whether it is whole. */
export function numberedRecord(life, n) {
  const text = `${life} ${n} ${FILLER.slice(0, (n * 7919) % 900)}`;
  return { level: 'INFO', message: `${text} ${crc32(text).toString(16).padStart(8, '0')}`, fields: {} };
}
