import fs from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { runProgram } from '../../../test/kit/child.ts';
import { readDeadLetters } from '../../../test/kit/dead-letters.ts';
import { messages, names, startSender } from './senders.ts';
import { DEAD_ENDPOINT, ingestServer, temporaryDirectory, until } from './support.ts';

describe('a full ring', () => {
  it('drops the oldest, counts them exactly and tells the server', async () => {
    const server = await ingestServer();
    const { sender, seen, log } = startSender({ endpoint: server.url, maxBuffer: 100 });
    log(250);
    expect(await sender.flush()).toEqual({ delivered: 100, deadLettered: 0, dropped: 150 });
    expect(messages(server.stored)).toEqual(names(151, 250));
    expect(sender.stats().drops).toMatchObject({ 'buffer-full': 150 });
    expect(seen.codes).toEqual(['TRACEHUB_DROPPED']);
    const reports = server.stored.filter(({ module }) => module === 'tracehub');
    expect(reports).toHaveLength(1);
    expect(reports[0]).toMatchObject({ level: 'WARN', extra: { tracehub_dropped: { 'buffer-full': 150 } } });
  });

  it('is full in bytes as well', async () => {
    const server = await ingestServer();
    const { sender, log } = startSender({ endpoint: server.url, maxBufferBytes: 1024 * 1024 });
    log(30, { message: 'x'.repeat(100_000) });
    const { delivered, dropped } = await sender.flush();
    expect(delivered).toBe(10);
    expect(dropped).toBe(20);
  });

  it("spills to the disk with overflow: 'spill', and loses nothing", async () => {
    const server = await ingestServer();
    const { sender, log } = startSender({ endpoint: server.url, maxBuffer: 100, overflow: 'spill' });
    log(250);
    expect(sender.stats()).toMatchObject({ deadLettered: 200, dropped: 0, pending: 50 });
    await sender.flush();
    await until(() => sender.stats().delivered === 250, 'the replay');
    expect(sender.stats()).toMatchObject({ deadLettered: 0, dropped: 0, replayed: 0, pending: 0 });
    expect(messages(server.stored).toSorted()).toEqual(names(1, 250).toSorted());
  });

  it('loses nothing when a subscriber ends the process in the middle of a spill', async () => {
    const dlqPath = temporaryDirectory();
    const program = fileURLToPath(new URL('./programs/exit-in-spill.mjs', import.meta.url));
    expect(await runProgram(program, { args: [dlqPath] })).toMatchObject({ code: 3, stderr: '' });
    expect(readDeadLetters(dlqPath).entries.map(({ message }) => message)).toEqual(names(1, 101));
  });

  it("drops no more than the oldest with overflow: 'spill' when the disk refuses", () => {
    const file = join(temporaryDirectory(), 'in-the-way');
    fs.writeFileSync(file, '');
    const { sender, log } = startSender({
      endpoint: DEAD_ENDPOINT,
      dlqPath: file,
      maxBuffer: 100,
      overflow: 'spill',
      closeTimeout: 0,
    });
    log(103);
    expect(sender.stats()).toMatchObject({ pending: 100, deadLettered: 0, dropped: 3 });
    expect(sender.stats().drops).toMatchObject({ 'buffer-full': 3 });
  });
});
