import { EventEmitter, once } from 'node:events';
import { readFile as readFileThen } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import { getTraceId } from '@tracehub/core-sender/trace';

/** The trace ids seen on the way, `null` where there was none; JSON has no undefined. */
export type SeenIds = (string | null)[];

const file = import.meta.filename;

/** Lets go of those who wait for each other, once there are enough of them. */
let meet: (() => Promise<void>) | undefined;

/** From now on nobody walks on before `count` have begun to: that many requests are under way at once. */
export function gather(count: number): void {
  let missing = count;
  let go = (): void => {};
  const all = new Promise<void>((resolve) => (go = resolve));
  meet = () => {
    if (--missing === 0) go();
    return all;
  };
}

/** Waits in every way that node knows, and notes the trace id after each. */
export async function walk(): Promise<SeenIds> {
  const seen: SeenIds = [];
  const note = (): void => void seen.push(getTraceId() ?? null);
  note();
  await meet?.().then(note);
  await Promise.resolve().then(note);
  await sleep(Math.random() * 5).then(note);
  await turn().then(note);
  await inCallback((done) => process.nextTick(done), note);
  await inCallback(queueMicrotask, note);
  await inCallback(setTimeout, note);
  await readFile(file).then(note);
  await inCallback((done) => readFileThen(file, done), note);
  const emitter = new EventEmitter();
  setImmediate(() => emitter.emit('go'));
  await once(emitter, 'go').then(note);
  await inCallback((done) => Readable.from(['a', 'b']).resume().on('end', done), note);
  for await (const _ of Readable.from(['a', 'b'])) note();
  return seen;
}

/** Reads the body by its events, whose listeners run where Node emits them, and notes the trace id in each. */
export function readByEvents(request: IncomingMessage): Promise<{ seen: SeenIds; body: string }> {
  const seen: SeenIds = [];
  let body = '';
  return new Promise((resolve, reject) => {
    request.on('data', (chunk) => {
      body += String(chunk);
      seen.push(getTraceId() ?? null);
    });
    request.on('end', () => resolve({ seen: [...seen, getTraceId() ?? null], body }));
    request.on('error', reject);
  });
}

function inCallback(start: (callback: () => void) => unknown, note: () => void): Promise<void> {
  return new Promise((resolve) => {
    start(() => {
      note();
      resolve();
    });
  });
}
