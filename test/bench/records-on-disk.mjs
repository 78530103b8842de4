import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { MARK, MARK_DIGITS } from './record.mjs';

const RECORD = new RegExp(`${MARK}(\\d{${MARK_DIGITS}})`, 'g');

/** Marks the records that lie in files of `folder`, at any depth. @param {string} folder @param {Uint8Array} marks */
export function addRecordsOnDisk(folder, marks) {
  for (const file of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!file.isFile()) continue;
    const text = readFileSync(join(file.parentPath, file.name), 'latin1');
    for (const [, number] of text.matchAll(RECORD)) marks[Number(number)] = 1;
  }
}
