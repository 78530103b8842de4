import { describe, expect, it } from 'vitest';
import type { Entry } from '../src/entry/entry.ts';
import { SeenEnds, createDelivery } from './stages.ts';
import { DEAD_ENDPOINT, type Post, encodedEntries, encodedEntry, ingestServer } from './support.ts';

const OFF = { compress: false } as const;

function seqs(entries: readonly Entry[]): number[] {
  return entries.map(({ id }) => Number(id.split('-')[1])).toSorted((a, b) => a - b);
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index + 1);
}

const holds = (post: Post, seq: number): boolean => post.entries.some(({ id }) => id === `test-${seq}`);

describe('a batch', () => {
  it('is delivered with one request', async () => {
    const server = await ingestServer();
    const { delivery, traffic } = createDelivery({ endpoint: server.url });
    const ends = new SeenEnds();
    await delivery.deliver(encodedEntries(3), ends);
    expect(ends.deliveredSeqs).toEqual([1, 2, 3]);
    expect(traffic).toMatchObject({ requests: 1, retries: 0, rawBytes: server.posts[0]?.rawBytes });
  });

  it('is sent with its issues sorted by key', async () => {
    const server = await ingestServer();
    const entries = ['c', undefined, 'a', 'b'].map((issueKey, index) =>
      encodedEntry(index + 1, issueKey === undefined ? {} : { issueKey }),
    );
    await createDelivery({ endpoint: server.url }).delivery.deliver(entries, new SeenEnds());
    expect(server.posts[0]?.entries.map(({ id }) => id)).toEqual(['test-2', 'test-3', 'test-4', 'test-1']);
  });

  it.each([[408], [425], [429], [502], [503], [504]])(
    'is retried after %i until the server heals',
    async (status) => {
      let failures = 2;
      const server = await ingestServer(() => (failures-- > 0 ? { status } : undefined));
      const { delivery, traffic } = createDelivery({ endpoint: server.url });
      const ends = new SeenEnds();
      await delivery.deliver(encodedEntries(3), ends);
      expect(ends.deliveredSeqs).toEqual([1, 2, 3]);
      expect(traffic).toMatchObject({ requests: 3, retries: 2 });
      expect(new Set(server.posts.map(({ entries }) => JSON.stringify(entries))).size).toBe(1);
      expect(delivery.gate.isOpen).toBe(true);
    },
  );

  it('is kept after maxRetries', async () => {
    const server = await ingestServer(() => ({ status: 503 }));
    const { delivery, traffic, seen } = createDelivery({ endpoint: server.url, maxRetries: 1 });
    const ends = new SeenEnds();
    await delivery.deliver(encodedEntries(2), ends);
    expect(ends.keptSeqs).toEqual([1, 2]);
    expect(ends.reasons).toEqual(['status 503']);
    expect(traffic).toMatchObject({ requests: 2, retries: 1 });
    expect(seen.codes).toEqual(['TRACEHUB_UNREACHABLE']);
  });

  it('counts no retry when it is kept without a further attempt', async () => {
    // The gate draws first: its probe comes long after the batch has lost its patience.
    const draws = [0.999, 0];
    const given = { endpoint: DEAD_ENDPOINT, flushInterval: 50 };
    const { delivery, traffic } = createDelivery(given, () => draws.shift() ?? 0.999);
    const ends = new SeenEnds();
    await delivery.deliver(encodedEntries(1), ends);
    expect(ends.keptSeqs).toEqual([1]);
    expect(traffic).toMatchObject({ requests: 1, retries: 0 });
  });

  it('is delivered, unconfirmed, when the answer has no readable body', async () => {
    const server = await ingestServer(() => ({ status: 202, body: '{"acc' }));
    const { delivery, traffic } = createDelivery({ endpoint: server.url });
    const ends = new SeenEnds();
    await delivery.deliver(encodedEntries(3), ends);
    expect(ends.deliveredSeqs).toEqual([1, 2, 3]);
    expect(traffic).toMatchObject({ requests: 1, unconfirmed: 3 });
  });

  it('loses to its rejected list only those listed, by their place in the request', async () => {
    const rejected = [
      { index: 2, field: 'level', reason: 'is not known' },
      { index: 99, field: '', reason: 'does not exist' },
    ];
    const server = await ingestServer(({ entries }) => ({
      status: 202,
      body: { accepted: entries.length, rejected },
    }));
    const ends = new SeenEnds();
    const entries = [encodedEntry(1, { issueKey: 'a' }), encodedEntry(2), encodedEntry(3)];
    await createDelivery({ endpoint: server.url }).delivery.deliver(entries, ends);
    expect(ends).toMatchObject({ deliveredSeqs: [2, 3], rejectedSeqs: [1], keptSeqs: [] });
    expect(ends.reasons).toEqual(['level: is not known']);
  });

  it('of which another number was accepted is set aside, not resent, and warned about', async () => {
    const server = await ingestServer(() => ({ status: 202, body: { accepted: 1 } }));
    const { delivery, traffic, seen } = createDelivery({ endpoint: server.url });
    const ends = new SeenEnds();
    await delivery.deliver(encodedEntries(3), ends);
    expect(ends).toMatchObject({
      deliveredSeqs: [],
      rejectedSeqs: [1, 2, 3],
      reasons: ['accepted 1 of 3 entries'],
    });
    expect(traffic.requests).toBe(1);
    expect(seen.codes).toEqual(['TRACEHUB_MISMATCH']);
  });

  it.each([
    [401, 'TRACEHUB_UNAUTHORIZED'],
    [403, 'TRACEHUB_UNAUTHORIZED'],
    [422, 'TRACEHUB_UNAUTHORIZED'],
    [404, 'TRACEHUB_MISDIRECTED'],
    [302, 'TRACEHUB_MISDIRECTED'],
    [204, 'TRACEHUB_MISDIRECTED'],
  ])('is kept after %i: one request, one warning %s, gate closed', async (status, code) => {
    const server = await ingestServer(() => ({ status, headers: { location: 'http://127.0.0.1:9/' } }));
    const { delivery, traffic, seen } = createDelivery({ endpoint: server.url, apiKey: 'th_secret' });
    const ends = new SeenEnds();
    await delivery.deliver(encodedEntries(2), ends);
    expect(ends).toMatchObject({ keptSeqs: [1, 2], rejectedSeqs: [] });
    expect(traffic).toMatchObject({ requests: 1, retries: 0 });
    expect(seen.codes).toEqual([code]);
    expect(JSON.stringify(seen.all)).not.toContain('th_secret');
    expect(delivery.gate.isOpen).toBe(false);
  });
});

describe('413', () => {
  it('halves the batch, and the ceiling is remembered for the next', async () => {
    const server = await ingestServer(({ rawBytes }) => (rawBytes > 50_000 ? { status: 413 } : undefined));
    const { delivery, traffic } = createDelivery({ endpoint: server.url, ...OFF });
    const ends = new SeenEnds();
    const entries = range(64).map((seq) => encodedEntry(seq, { message: 'x'.repeat(2_000) }));
    await delivery.deliver(entries, ends);
    expect(ends.all).toEqual(range(64));
    expect(ends.deliveredSeqs).toHaveLength(64);
    expect(seqs(server.stored)).toEqual(range(64));
    expect(traffic).toMatchObject({ requests: 7, retries: 0 });
    expect(delivery.limits.bytes).toBeLessThanOrEqual(50_000);
    expect(delivery.limits.bytes).toBeGreaterThan(16_000);
  });

  it('has a lone entry cut again until it fits', async () => {
    const server = await ingestServer(({ rawBytes }) => (rawBytes > 20_000 ? { status: 413 } : undefined));
    const { delivery } = createDelivery({ endpoint: server.url, ...OFF });
    const ends = new SeenEnds();
    await delivery.deliver([encodedEntry(1, { message: 'x'.repeat(100_000) })], ends);
    expect(ends.deliveredSeqs).toEqual([1]);
    expect(server.stored[0]?.message).toMatch(/^x+… \[\d+ characters cut\]$/);
  });

  it('rejects a lone entry that cannot be cut any more', async () => {
    const server = await ingestServer(() => ({ status: 413 }));
    const { delivery, seen } = createDelivery({ endpoint: server.url, ...OFF });
    const ends = new SeenEnds();
    await delivery.deliver([encodedEntry(1, { message: 'x'.repeat(10_000) })], ends);
    expect(ends).toMatchObject({ rejectedSeqs: [1], keptSeqs: [], reasons: ['status 413'] });
    expect(seen.codes).toEqual(['TRACEHUB_REJECTED']);
    expect(delivery.limits.bytes).toBe(16 * 1024);
  });

  it('never raises the ceiling that maxBatchBytes set', async () => {
    const server = await ingestServer(({ rawBytes }) => (rawBytes > 20_000 ? { status: 413 } : undefined));
    const { delivery } = createDelivery({ endpoint: server.url, ...OFF, maxBatchBytes: 2_000 });
    await delivery.deliver([encodedEntry(1, { message: 'x'.repeat(30_000) })], new SeenEnds());
    expect(delivery.limits.bytes).toBe(2_000 - 2);
  });
});

describe('one entry the server refuses', () => {
  it.each([[400], [501], [505]])(
    'by %i is found by halving, and its neighbours are delivered',
    async (status) => {
      const server = await ingestServer((post) => (holds(post, 37) ? { status } : undefined));
      const { delivery, traffic, seen } = createDelivery({ endpoint: server.url });
      const ends = new SeenEnds();
      await delivery.deliver(encodedEntries(64), ends);
      expect(ends).toMatchObject({ rejectedSeqs: [37], keptSeqs: [], reasons: [`status ${status}`] });
      expect(ends.deliveredSeqs.toSorted((a, b) => a - b)).toEqual(range(64).filter((seq) => seq !== 37));
      expect(traffic).toMatchObject({ requests: 13, retries: 0 });
      expect(seen.codes).toEqual(['TRACEHUB_REJECTED']);
      expect(delivery.gate.isOpen).toBe(true);
    },
  );

  it('by 500 is told from an outage by probes, and its neighbours are delivered', async () => {
    const server = await ingestServer((post) => (holds(post, 37) ? { status: 500 } : undefined));
    const { delivery, traffic } = createDelivery({ endpoint: server.url });
    const ends = new SeenEnds();
    await delivery.deliver(encodedEntries(64), ends);
    expect(ends).toMatchObject({ rejectedSeqs: [37], keptSeqs: [] });
    expect(ends.deliveredSeqs).toHaveLength(63);
    expect(seqs(server.stored)).toEqual(range(64).filter((seq) => seq !== 37));
    expect(server.posts.filter(({ entries }) => entries.length === 0).length).toBeGreaterThanOrEqual(2);
    expect(traffic.requests).toBeLessThan(40);
    expect(delivery.gate.isOpen).toBe(true);
  });

  it('is one of several, all found', async () => {
    const bad = [1, 20, 64];
    const server = await ingestServer((post) =>
      bad.some((seq) => holds(post, seq)) ? { status: 400 } : undefined,
    );
    const ends = new SeenEnds();
    await createDelivery({ endpoint: server.url }).delivery.deliver(encodedEntries(64), ends);
    expect(ends.rejectedSeqs.toSorted((a, b) => a - b)).toEqual(bad);
    expect(ends.deliveredSeqs).toHaveLength(61);
  });

  it('is not looked for without end when the server refuses everything', async () => {
    const server = await ingestServer(() => ({ status: 400 }));
    const { delivery, traffic } = createDelivery({ endpoint: server.url });
    const ends = new SeenEnds();
    await delivery.deliver(encodedEntries(512), ends);
    expect(ends.rejectedSeqs.toSorted((a, b) => a - b)).toEqual(range(512));
    expect(traffic.requests).toBeLessThan(100);
  });
});

describe('500', () => {
  it('twice, then well, rejects nothing: the entries were not at fault', async () => {
    for (const count of [1, 4]) {
      let failures = 2;
      const server = await ingestServer(() => (failures-- > 0 ? { status: 500 } : undefined));
      const { delivery } = createDelivery({ endpoint: server.url });
      const ends = new SeenEnds();
      await delivery.deliver(encodedEntries(count), ends);
      expect(ends).toMatchObject({ rejectedSeqs: [], keptSeqs: [] });
      expect(ends.deliveredSeqs).toHaveLength(count);
    }
  });

  it('for the probe too is an outage: the gate closes and the entries are kept', async () => {
    const server = await ingestServer(() => ({ status: 500 }));
    const { delivery } = createDelivery({ endpoint: server.url, flushInterval: 50, maxRetries: 2 });
    const ends = new SeenEnds();
    await delivery.deliver(encodedEntries(4), ends);
    expect(ends).toMatchObject({ deliveredSeqs: [], rejectedSeqs: [], keptSeqs: [1, 2, 3, 4] });
    expect(delivery.gate.isOpen).toBe(false);
  });
});

describe('Retry-After', () => {
  it('closes the gate for all batches and is never undercut', async () => {
    let at = 0;
    const server = await ingestServer(() => {
      if (at !== 0) return undefined;
      at = performance.now();
      return { status: 429, headers: { 'retry-after': '1' } };
    });
    const { delivery } = createDelivery({ endpoint: server.url });
    const ends = new SeenEnds();
    await delivery.deliver(encodedEntries(2), ends);
    expect(performance.now() - at).toBeGreaterThanOrEqual(999);
    expect(ends.deliveredSeqs).toEqual([1, 2]);
    expect(server.posts.map(({ entries }) => entries.length)).toEqual([2, 0, 2]);
  });
});

describe('the retry budget', () => {
  it('caps retries to a tenth of the batches when every first attempt fails', async () => {
    const seen = new Set<string>();
    const server = await ingestServer(({ entries }) => {
      const id = entries[0]?.id ?? '';
      if (id === '' || seen.has(id)) return undefined;
      seen.add(id);
      return { status: 502 };
    });
    const { delivery, traffic } = createDelivery({ endpoint: server.url, flushInterval: 10 });
    const ends = new SeenEnds();
    for (let seq = 1; seq <= 60; seq++) await delivery.deliver([encodedEntry(seq)], ends);
    expect(ends.all).toEqual(range(60));
    expect(traffic.retries).toBeLessThanOrEqual(16);
    expect(ends.deliveredSeqs.length).toBeGreaterThanOrEqual(10);
    expect(ends.keptSeqs.length).toBeGreaterThanOrEqual(44);
  });
});
