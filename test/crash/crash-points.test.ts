import { describe, expect, it } from 'vitest';
import '../kit/setup.ts';
import { makeTempDirectory } from '../kit/temp.ts';
import { type Crash, type Life, inParallel, lastWords, missing, recover, startLife } from './kit/lives.ts';
import { type ServerMode, startNumberedReceiver } from './kit/numbered-receiver.ts';
import { size } from './kit/size.ts';

const REPEATS = size(2, 20);

/** What leads a process to a point. `before`: the life that leaves the dead letters the crash is about. */
interface Scene {
  before?: Omit<Life, 'life' | 'endpoint' | 'dlqPath'>;
  life: Omit<Life, 'life' | 'endpoint' | 'dlqPath' | 'crash'>;
  mode: ServerMode;
  fail?: boolean;
  /** How often a life comes to the point at least: the repeats go round over that. */
  times: number;
}

const outage: Scene = { life: { count: 400, end: 'close' }, mode: '503', times: 1 };
const atExit: Scene = { life: { count: 100, end: 'exit' }, mode: 'refuse', times: 1 };
const durable: Scene = {
  life: { options: { durable: true }, count: 300, end: 'close' },
  mode: 'up',
  times: 1,
};
const inTheCall: Scene = {
  life: { options: { durable: true, durableInterval: 0 }, count: 300, end: 'close' },
  mode: 'up',
  times: 1,
};
const durableExit: Scene = {
  life: { options: { durable: true }, count: 100, end: 'exit' },
  mode: 'refuse',
  times: 1,
};
const replay: Scene = {
  before: { count: 200, end: 'exit' },
  life: { count: 50, end: 'linger' },
  mode: 'up',
  times: 1,
};
const brokenReplay: Scene = { ...replay, mode: 'half' };

const SCENES: readonly [point: string, scenes: Record<string, Scene>][] = [
  ['lease-write', { outage, atExit, durable, replay }],
  ['lease-remove', { outage, atExit, durable }],
  ['segment-create', { outage, atExit, durable: { ...durable }, inTheCall }],
  [
    'segment-write',
    {
      outage: { ...outage, times: 2 },
      atExit,
      durable: { ...durable, times: 3 },
      inTheCall: { ...inTheCall, times: 3 },
      durableExit,
    },
  ],
  ['segment-truncate', { outage: { ...outage, fail: true }, durable: { ...durable, fail: true } }],
  ['segment-fsync', { outage, atExit, durable, durableExit }],
  ['seal-rename', { outage, atExit, durableExit }],
  ['claim-rename', { replay }],
  ['claim-read', { replay }],
  ['claim-progress', { brokenReplay }],
  ['claim-release', { brokenReplay }],
  ['claim-unlink', { replay }],
  ['durable-mark', { durable, inTheCall }],
  ['durable-unlink', { durable, inTheCall }],
];

const TORN = new Set(['segment-write', 'durable-mark']);

/** Lets one life after another kill itself at the point, then starts anew; gives what was promised and did not come. */
async function runPoint(scene: Scene, crash: Crash, lives: readonly string[]): Promise<string[]> {
  const receiver = await startNumberedReceiver();
  const dlqPath = makeTempDirectory('crash');
  const place = { endpoint: receiver.url, dlqPath };
  const faults: string[] = [];
  const promised: [life: string, count: number][] = [];
  const atLeast: [life: string, count: number][] = [];
  if (scene.before) {
    await receiver.setMode('refuse');
    await startLife({ ...scene.before, ...place, life: 'before' }).ended;
    promised.push(['before', scene.before.count ?? 0]);
  }
  // The second life recovers from the first, and may die in doing so.
  for (const life of lives) {
    await receiver.setMode(scene.mode);
    const child = startLife({ ...scene.life, ...place, life, crash });
    const timer = setTimeout(() => child.kill('SIGTERM'), 10_000);
    const end = await child.ended;
    clearTimeout(timer);
    if (end.signal !== 'SIGKILL' && life === 'first')
      faults.push(
        `never came to the point: ${end.code} ${end.signal} after ${end.ms.toFixed()} ms ${JSON.stringify(lastWords(end))} ${end.stderr}`,
      );
    const words = lastWords(end);
    promised.push([life, words.durable]);
    const settled = words.deadLettered + words.delivered;
    if (settled > 0) atLeast.push([life, settled]);
  }
  const left = await recover(receiver, dlqPath);
  if (left.length > 0) faults.push(`left in the directory: ${left.join(', ')}`);
  if (receiver.torn.length > 0) faults.push(`torn: ${receiver.torn.join(', ')}`);
  for (const [life, count] of promised) {
    const lost = missing(receiver, life, count);
    if (lost.length > 0) faults.push(`${life}: lost ${lost.length} of ${count}: ${lost.join()}`);
  }
  for (const [life, count] of atLeast) {
    const received = receiver.numbers(life).size;
    if (received < count) faults.push(`${life}: ${count} settled, ${received} received`);
  }
  return faults;
}

describe('a process killed exactly at', { timeout: size(60_000, 600_000) }, () => {
  it.each(SCENES)('%s loses nothing it had acknowledged', async (point, scenes) => {
    const faults: string[] = [];
    const tasks: (() => Promise<void>)[] = [];
    const phases = TORN.has(point) ? (['before', 'torn', 'after'] as const) : (['before', 'after'] as const);
    const all = Object.entries(scenes);
    const runs = Math.max(REPEATS, all.length);
    for (let run = 0; run < runs; run++) {
      const [name, scene] = all[run % all.length]!;
      const phase = phases[(run + Math.floor(run / all.length)) % phases.length]!;
      const nth = 1 + (Math.floor(run / all.length / phases.length) % scene.times);
      const crash = { point, phase, nth, ...(scene.fail ? { fail: true } : {}) };
      const lives = run % 3 === 2 ? ['first', 'second'] : ['first'];
      tasks.push(async () => {
        for (const fault of await runPoint(scene, crash, lives))
          faults.push(`${name}, ${phase} ${nth}: ${fault}`);
      });
    }
    await inParallel(4, tasks);
    console.log(`crash point ${point}: ${runs} runs, ${faults.length} faults`);
    expect(faults).toEqual([]);
  });
});
