import { randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { destinationName } from '../../packages/core-sender/src/dead-letters/destination.ts';
import { SEGMENT_HEADER } from '../../packages/core-sender/src/dead-letters/segment-format.ts';
import { entryLine } from '../kit/encoded-entries.ts';
import { startCollectorProcess } from '../kit/collector-process.ts';
import '../kit/setup.ts';
import { makeTempDirectory } from '../kit/temp.ts';
import { ask, lastWords, missing, recover, startLife } from './kit/lives.ts';
import { numberedEntry } from './kit/numbered-entry.ts';
import { type NumberedReceiver, type ServerMode, startNumberedReceiver } from './kit/numbered-receiver.ts';
import { randomFrom, seed, size } from './kit/size.ts';

const MODES: readonly ServerMode[] = ['up', '503', 'half', 'refuse'];

const directoryOf = (receiver: NumberedReceiver, dlqPath: string): string =>
  join(dlqPath, destinationName(receiver.url, 'th_crash'));
const filesOf = (directory: string, end: string): string[] =>
  readdirSync(directory).filter((file) => file.endsWith(end));

const RUNS = size(5, 50);

interface Promised {
  life: string;
  durable: number;
  settled: number;
}

/** Four processes at work in one directory, two of them with `durable`, each killed at a random moment. */
async function killFour(endpoint: string, dlqPath: string, random: () => number): Promise<Promised[]> {
  const children = Array.from({ length: 4 }, (_, index) => {
    const life = `${index}-${randomUUID().slice(0, 8)}`;
    const options = index % 2 === 0 ? { durable: true } : {};
    return { life, child: startLife({ life, endpoint, dlqPath, options, tick: 5 }) };
  });
  const promised: Promised[] = [];
  for (const { life, child } of children) {
    await child.line('at');
    await sleep(random() * 150);
    child.kill('SIGKILL');
    const { durable, deadLettered, delivered } = lastWords(await child.ended);
    promised.push({ life, durable, settled: deadLettered + delivered });
  }
  return promised;
}

describe(`processes that share a directory (seed ${seed})`, { timeout: size(60_000, 600_000) }, () => {
  it('lose nothing acknowledged when they are killed beside each other', async () => {
    const random = randomFrom(seed);
    let promises = 0;
    for (let run = 0; run < RUNS; run++) {
      const receiver = await startNumberedReceiver();
      const dlqPath = makeTempDirectory('sharing');
      const promised: Promised[] = [];
      for (let round = 0; round < 2; round++) {
        await receiver.setMode(MODES[Math.floor(random() * MODES.length)]!);
        promised.push(...(await killFour(receiver.url, dlqPath, random)));
      }
      expect(await recover(receiver, dlqPath)).toEqual([]);
      expect(receiver.torn).toEqual([]);
      for (const { life, durable, settled } of promised) {
        expect(missing(receiver, life, durable), `${life} of ${durable}`).toEqual([]);
        expect(receiver.numbers(life).size).toBeGreaterThanOrEqual(settled);
        promises += Math.max(durable, settled);
      }
    }
    console.log(`sharing: ${RUNS} runs, ${RUNS * 8} kills, ${promises} entries promised, 0 lost`);
  });

  it('have each of their entries once in the collector, whatever was sent twice', async () => {
    const random = randomFrom(seed);
    const collector = await startCollectorProcess('th_crash');
    let stored = 0;
    for (let run = 0; run < RUNS; run++) {
      const dlqPath = makeTempDirectory('sharing');
      const promised = await killFour(collector.url, dlqPath, random);
      const limit = size(5_000, 20_000);
      expect(await ask('recover', { endpoint: collector.url, dlqPath, limit }, 'left')).toEqual([]);
      // The message begins with the life and the number of the entry.
      const rows = (await collector.logs()).map(({ message }) => message.split(' ', 2).join(' '));
      const unique = new Set(rows);
      expect(rows.length).toBe(unique.size);
      for (const { life, durable } of promised) {
        const numbers = Array.from({ length: durable }, (_, index) => `${life} ${index + 1}`);
        expect(numbers.filter((number) => !unique.has(number))).toEqual([]);
      }
      stored = rows.length;
    }
    console.log(`sharing: ${RUNS * 4} kills, ${stored} entries in the collector, each once`);
  });

  it('never take the open segments of one that lives', async () => {
    const receiver = await startNumberedReceiver();
    await receiver.setMode('refuse');
    const dlqPath = makeTempDirectory('sharing');
    const owner = startLife({ life: 'owner', endpoint: receiver.url, dlqPath, count: 60, end: 'linger' });
    const directory = directoryOf(receiver, dlqPath);
    await owner.line('at 60 0 60');
    const open = filesOf(directory, '.open');
    expect(open).toHaveLength(1);
    // It lives, but cannot find out by itself that the server is back and replay what it has.
    owner.kill('SIGSTOP');
    expect(await recover(receiver, dlqPath, 1)).toEqual(open);
    expect(receiver.numbers('owner').size).toBe(0);
    owner.kill('SIGKILL');
    await owner.ended;
    expect(await recover(receiver, dlqPath)).toEqual([]);
    expect(missing(receiver, 'owner', 60)).toEqual([]);
  });

  it.each([
    ['is gone', undefined],
    ['went stale, of a process that runs', { pid: process.pid, ageS: 70 }],
    ['went stale, of another machine', { pid: process.pid, namespace: 'elsewhere', ageS: 70 }],
    ['is of a process of this machine that ended', { pid: 4_194_300, ageS: 0 }],
  ])('take over what was left by an owner whose lease %s', async (_, lease) => {
    const { receiver, dlqPath } = await leaveBehind(lease);
    expect(await recover(receiver, dlqPath)).toEqual([]);
    expect(missing(receiver, 'left', 8)).toEqual([]);
    expect(filesOf(directoryOf(receiver, dlqPath), '.lease')).toEqual([]);
  });

  it.each([
    ['runs', { pid: process.pid, ageS: 0 }],
    [
      'has a pid of another namespace, where it means nothing',
      { pid: 4_194_300, namespace: 'elsewhere', ageS: 0 },
    ],
  ])('leave what is held by an owner with a fresh lease that %s', async (_, lease) => {
    const { receiver, dlqPath } = await leaveBehind(lease);
    const directory = directoryOf(receiver, dlqPath);
    const before = readdirSync(directory).toSorted();
    await ask('recover', { endpoint: receiver.url, dlqPath, limit: 400 }, 'left');
    expect(readdirSync(directory).toSorted()).toEqual(before);
    expect(receiver.numbers('left').size).toBe(0);
  });

  it('deliver 1,000 waiting segments, each once', async () => {
    const receiver = await startNumberedReceiver();
    const dlqPath = makeTempDirectory('sharing');
    const directory = directoryOf(receiver, dlqPath);
    mkdirSync(directory);
    for (let n = 1; n <= 1_000; n++) {
      const text = SEGMENT_HEADER + entryLine(JSON.stringify(numberedEntry('waiting', n)));
      const bytes = Buffer.byteLength(text);
      writeFileSync(join(directory, `${String(n).padStart(12, '0')}-00aa-1-${bytes}.seg`), text);
    }
    const started = performance.now();
    expect(await recover(receiver, dlqPath)).toEqual([]);
    console.log(
      `1,000 segments delivered ${Math.round(performance.now() - started)} ms after the process began`,
    );
    expect([...receiver.numbers('waiting').values()]).toEqual(Array.from({ length: 1_000 }, () => 1));
  });

  it('start at once beside 100,000 waiting segments', async ({ annotate }) => {
    const receiver = await startNumberedReceiver();
    await receiver.setMode('refuse');
    const dlqPath = makeTempDirectory('sharing');
    const directory = directoryOf(receiver, dlqPath);
    mkdirSync(directory);
    const count = size(20_000, 100_000);
    const text = SEGMENT_HEADER + entryLine(JSON.stringify(numberedEntry('waiting', 1)));
    for (let n = 0; n < count; n++) {
      const path = join(directory, `${String(n).padStart(12, '0')}-00aa-1-${text.length}.seg`);
      // A file has a limit of names, far above this.
      if (n % 10_000 === 0) writeFileSync(path, text);
      else
        linkSync(
          join(directory, `${String(n - (n % 10_000)).padStart(12, '0')}-00aa-1-${text.length}.seg`),
          path,
        );
    }
    const start = await ask<StartTimes>(
      'start-beside-many',
      { endpoint: receiver.url, dlqPath },
      'times',
      60_000,
    );
    await annotate(JSON.stringify(start));
    console.log(`start beside ${count} segments: ${JSON.stringify(start)}`);
    expect(start.isFirstSendBeforeScanEnd).toBe(true);
    expect(start.accepted).toBe(1);
    expect(filesOf(directory, '.seg').length).toBeGreaterThanOrEqual(count);
  });
});

/** Times in ms of `programs/start-beside-many.mjs`. */
interface StartTimes {
  create: number;
  firstSend: number;
  scan: number;
  longestBlock: number;
  accepted: number;
  isFirstSendBeforeScanEnd: boolean;
}

/** An open and a claimed segment of the owner `00dead00`, with the lease given. */
async function leaveBehind(
  lease: { pid: number; namespace?: string; ageS: number } | undefined,
): Promise<{ receiver: NumberedReceiver; dlqPath: string }> {
  const receiver = await startNumberedReceiver();
  const dlqPath = makeTempDirectory('sharing');
  const directory = directoryOf(receiver, dlqPath);
  mkdirSync(directory);
  const lines = Array.from({ length: 8 }, (_, n) => entryLine(JSON.stringify(numberedEntry('left', n + 1))));
  writeFileSync(join(directory, '000000000001-00dead00.open'), SEGMENT_HEADER + lines.slice(0, 4).join(''));
  writeFileSync(
    join(directory, '000000000002-00aa-4-9.seg.00dead00'),
    SEGMENT_HEADER + lines.slice(4).join(''),
  );
  if (lease) {
    const path = join(directory, '00dead00.lease');
    const { pid, namespace = await ownNamespace(), ageS } = lease;
    writeFileSync(path, JSON.stringify({ pid, namespace }));
    const then = Date.now() / 1_000 - ageS;
    utimesSync(path, then, then);
  }
  return { receiver, dlqPath };
}

/** As a sender of this machine writes it into its lease. */
async function ownNamespace(): Promise<string> {
  const receiver = await startNumberedReceiver();
  await receiver.setMode('refuse');
  const dlqPath = makeTempDirectory('namespace');
  const child = startLife({ life: 'namespace', endpoint: receiver.url, dlqPath, count: 5, end: 'linger' });
  await child.line('at 5 0 5');
  const directory = directoryOf(receiver, dlqPath);
  const [lease = ''] = filesOf(directory, '.lease');
  const { namespace } = JSON.parse(readFileSync(join(directory, lease), 'utf8')) as { namespace: string };
  child.kill('SIGKILL');
  await child.ended;
  return namespace;
}
