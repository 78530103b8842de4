import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { DiagnosticMessages } from '../src/report/diagnostics.ts';
import { FakeClock, settle } from './fake-clock.ts';
import { type SenderKit, messages, names, startSender } from './senders.ts';
import { ingestServer } from './support.ts';

type Drop = DiagnosticMessages['tracehub.entry.dropped'];

/** Logs every drop it hears of into the sender that dropped; gives what it heard. */
function logDrops({ sender }: SenderKit): Drop[] {
  const heard: Drop[] = [];
  const listener = (message: unknown): void => {
    heard.push(message as Drop);
    sender.send({ level: 'INFO', message: `drop ${heard.length}` });
  };
  subscribe('tracehub.entry.dropped', listener);
  onTestFinished(() => void unsubscribe('tracehub.entry.dropped', listener));
  return heard;
}

describe('a subscriber of tracehub.entry.dropped that logs', () => {
  it('takes its place in a full ring, behind the entry that made it full', async () => {
    const server = await ingestServer();
    const kit = startSender({ endpoint: server.url, maxBuffer: 5 });
    const heard = logDrops(kit);
    kit.log(6);
    expect(kit.sender.stats()).toMatchObject({ accepted: 7, dropped: 2, pending: 5 });
    expect(await kit.sender.flush()).toEqual({ delivered: 5, deadLettered: 0, dropped: 2 });
    expect(messages(server.stored)).toEqual([...names(3, 6), 'drop 1']);
    // It is not told of what its own log call dropped.
    expect(heard).toEqual([{ entries: 1, reason: 'buffer-full' }]);
    await settle();
    kit.log(4);
    expect(await kit.sender.flush()).toEqual({ delivered: 9, deadLettered: 0, dropped: 2 });
    expect(messages(server.stored).slice(5)).toEqual(names(7, 10));
  });

  it('is refused by the rate limit as often as it is told, and no more', () => {
    const kit = startSender({ rateLimit: 1 }, { clock: new FakeClock() });
    const heard = logDrops(kit);
    kit.log(6);
    expect(heard).toEqual(Array.from({ length: 5 }, () => ({ entries: 1, reason: 'rate-limit' })));
    expect(kit.sender.stats()).toMatchObject({ accepted: 11, dropped: 10, pending: 1 });
    expect(kit.sender.stats().drops).toMatchObject({ 'rate-limit': 10, internal: 0 });
  });

  it('is refused once after close', async () => {
    const kit = startSender({});
    await kit.sender.close();
    const heard = logDrops(kit);
    kit.log(1);
    expect(heard).toEqual([{ entries: 1, reason: 'closed' }]);
    expect(kit.sender.stats()).toMatchObject({ accepted: 2, dropped: 2, pending: 0 });
    expect(kit.sender.stats().drops).toMatchObject({ closed: 2, internal: 0 });
  });
});
