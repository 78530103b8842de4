import { createSender } from '@tracehub/core-sender';
import { setTimeout } from 'node:timers/promises';
import { afterTest } from '../../kit/after-test.ts';
import { senderOptions } from '../../kit/sender-options.ts';

type Sender = ReturnType<typeof createSender>;

/** One of so many entries is an error, and the errors are of so many kinds. */
const errorEvery = 10;
const kinds = 7;

/** Senders that take turns: while one waits before it tries a server again that was down, others find it up. */
const senderCount = 3;

/** Entries on their way through our senders, each distinct, some of them errors of a few kinds. */
export interface Stream {
  readonly sent: number;
  /** Logs `count` entries, at a pace the sender's ring can take. */
  send(count: number): Promise<void>;
  /** How many errors of each kind were sent. */
  expectedIssues(): number[];
  /** Resolves when the collector has answered for all of them, dead letters included. */
  delivered(): Promise<void>;
}

export function startStream(endpoint: string): Stream {
  const senders = Array.from({ length: senderCount }, () => {
    const options = senderOptions(endpoint, { batchSize: 20, flushInterval: 50, maxBuffer: 200_000 });
    const sender = createSender(options, { sdkVersion: 'stream/0.0.0' });
    afterTest(async () => void (await sender.close()));
    return sender;
  });
  let sent = 0;

  function one(): void {
    const n = (sent += 1);
    const sender = senders[Math.floor(n / 20) % senderCount] as Sender;
    if (n % errorEvery !== 0) {
      sender.send({ level: 'INFO', message: `entry ${n}`, fields: { n } });
      return;
    }
    const kind = (n / errorEvery) % kinds;
    const error = Object.assign(new Error(`number ${n}`), { name: `Kind${kind}`, stack: `Kind${kind}: x` });
    sender.send({ level: 'ERROR', message: 'failed', error, fields: { n } });
  }

  return {
    get sent() {
      return sent;
    },
    async send(count) {
      for (let n = 0; n < count; n += 1) {
        one();
        if (n % 25 === 24) await setTimeout(5);
      }
    },
    expectedIssues() {
      const counts = Array.from({ length: kinds }, () => 0);
      for (let n = errorEvery; n <= sent; n += errorEvery) (counts[(n / errorEvery) % kinds] as number)++;
      return counts.filter((count) => count > 0).toSorted((a, b) => a - b);
    },
    async delivered() {
      await Promise.all(senders.map((sender) => sender.flush()));
      const delivered = (): number => senders.reduce((sum, sender) => sum + sender.stats().delivered, 0);
      while (delivered() < sent) await setTimeout(100);
    },
  };
}
