import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Gate } from '../src/send/gate.ts';
import { FakeClock, settle } from './fake-clock.ts';

/** A gate whose probes answer what `answers` says, in turn, and true after that. */
function gateWith({ answers = [] as (boolean | Promise<boolean>)[], random = (): number => 0.5 } = {}) {
  const clock = new FakeClock();
  const probes: number[] = [];
  const moves: boolean[] = [];
  const gate = new Gate(
    clock,
    random,
    () => {
      probes.push(clock.now());
      return Promise.resolve(answers.shift() ?? true);
    },
    (open) => moves.push(open),
  );
  return { clock, gate, probes, moves };
}

describe('the gate closes', () => {
  it('at once for an outage', () => {
    const { gate, moves } = gateWith();
    expect(gate.isOpen).toBe(true);
    gate.failed('refused', true);
    expect(gate.isOpen).toBe(false);
    expect(moves).toEqual([false]);
  });

  it('at the third lesser failure in a row', () => {
    const { gate } = gateWith();
    gate.failed('503', false);
    gate.failed('503', false);
    gate.succeeded();
    gate.failed('503', false);
    gate.failed('503', false);
    expect(gate.isOpen).toBe(true);
    gate.failed('503', false);
    expect(gate.isOpen).toBe(false);
  });

  it('at once when the server asks for a wait', () => {
    const { gate } = gateWith();
    gate.failed('429', false, 1_000);
    expect(gate.isOpen).toBe(false);
  });

  it('and says so on its channel, with the reason', async () => {
    const heard: unknown[] = [];
    const listener = (message: unknown): void => void heard.push(message);
    subscribe('tracehub.gate', listener);
    onTestFinished(() => void unsubscribe('tracehub.gate', listener));
    const { clock, gate } = gateWith();
    gate.failed('refused', true);
    await clock.advance(1_000);
    expect(heard).toEqual([
      { open: false, reason: 'refused' },
      { open: true, reason: 'probe answered' },
    ]);
  });
});

describe('a closed gate', () => {
  it('opens when a probe succeeds', async () => {
    const { clock, gate, probes, moves } = gateWith();
    gate.failed('refused', true);
    await clock.advance(249);
    expect(probes).toEqual([]);
    await clock.advance(1);
    expect(probes).toHaveLength(1);
    expect(gate.isOpen).toBe(true);
    expect(moves).toEqual([false, true]);
    await clock.advance(100_000);
    expect(probes).toHaveLength(1);
  });

  it('probes after a backoff that grows with each failure, to half a minute', async () => {
    const { clock, gate, probes } = gateWith({
      answers: Array.from({ length: 12 }, () => false),
      random: () => 0.999999,
    });
    gate.failed('refused', true);
    const started = clock.now();
    await clock.advance(10 * 60_000);
    const waits = probes.slice(0, 10).map((at, index) => at - (probes[index - 1] ?? started));
    expect(waits).toEqual([499, 999, 1_999, 3_999, 7_999, 15_999, 29_999, 29_999, 29_999, 29_999]);
  });

  it('lets one probe through at a time, however many failures are reported meanwhile', async () => {
    let answer: (well: boolean) => void = () => {};
    const { clock, gate, probes } = gateWith({ answers: [new Promise((resolve) => (answer = resolve))] });
    gate.failed('refused', true);
    await clock.advance(250);
    expect(probes).toHaveLength(1);
    for (const late of ['a second batch', 'a third', 'a fourth']) {
      gate.failed(late, true);
      await clock.advance(100_000);
      expect(probes).toHaveLength(1);
    }
    answer(true);
    await settle();
    expect(gate.isOpen).toBe(true);
    expect(clock.pending).toBe(0);
  });

  it('sends the next probe a backoff after the end of one during which batches failed', async () => {
    let answer: (well: boolean) => void = () => {};
    const { clock, gate, probes } = gateWith({ answers: [new Promise((resolve) => (answer = resolve))] });
    gate.failed('refused', true);
    await clock.advance(250);
    gate.failed('a batch under way', true);
    await clock.advance(100_000);
    answer(false);
    await settle();
    expect(clock.pending).toBe(1);
    expect(clock.untilNext).toBe(500);
    await clock.advance(500);
    expect(probes).toHaveLength(2);
    expect(gate.isOpen).toBe(true);
  });

  it('goes on with the grown backoff when probes succeed but batches do not', async () => {
    const { clock, gate } = gateWith({ random: () => 0.999999 });
    for (const wait of [499, 999, 1_999, 3_999]) {
      gate.failed('timeout', true);
      expect(clock.untilNext).toBe(wait);
      await clock.advance(wait);
      expect(gate.isOpen).toBe(true);
    }
    gate.succeeded();
    gate.failed('timeout', true);
    expect(clock.untilNext).toBe(499);
  });

  it.each([[0], [0.5], [0.999]])('never probes before the server allows it (random %d)', async (random) => {
    const { clock, gate, probes } = gateWith({ random: () => random });
    gate.failed('429', false, 10_000);
    const asked = clock.now() + 10_000;
    gate.failed('other', true);
    await clock.advance(9_999);
    expect(probes).toEqual([]);
    await clock.advance(30_000);
    expect(probes).toHaveLength(1);
    expect(probes[0]).toBeGreaterThanOrEqual(asked);
  });

  it.each([
    [10_000, 10_000],
    [60_000, 30_000],
  ])('asked to wait %i ms, probes at any time within the %i ms after that', async (asked, spread) => {
    for (const random of [0, 0.5, 0.999_999]) {
      const { clock, gate } = gateWith({ random: () => random });
      gate.failed('429', false, asked);
      expect(clock.untilNext).toBe(asked + Math.floor(random * spread));
    }
  });

  it('keeps the later of two waits', async () => {
    const { clock, gate, probes } = gateWith({ random: () => 0 });
    gate.failed('429', false, 10_000);
    gate.failed('429', false, 2_000);
    await clock.advance(9_999);
    expect(probes).toEqual([]);
    await clock.advance(1);
    expect(probes).toHaveLength(1);
  });

  it('waits at least a minute after an answer that only a person can mend', async () => {
    const { clock, gate, probes } = gateWith({ random: () => 0 });
    gate.refused('status 401');
    await clock.advance(59_999);
    expect(probes).toEqual([]);
    await clock.advance(1);
    expect(probes).toHaveLength(1);
  });
});

describe('whenOpen', () => {
  it('is true at once while the gate is open', async () => {
    expect(await gateWith().gate.whenOpen(0)).toBe(true);
  });

  it('is true for all who wait when the gate opens', async () => {
    const { clock, gate } = gateWith();
    gate.failed('refused', true);
    const waits = [gate.whenOpen(5_000), gate.whenOpen(1_000)];
    await clock.advance(250);
    expect(await Promise.all(waits)).toEqual([true, true]);
    expect(clock.pending).toBe(0);
  });

  it('is false when the time is up', async () => {
    const { clock, gate } = gateWith({ answers: [false, false, false, false] });
    gate.failed('refused', true);
    const wait = gate.whenOpen(300);
    await clock.advance(300);
    expect(await wait).toBe(false);
    expect(await gate.whenOpen(0)).toBe(false);
    expect(await gate.whenOpen(-1)).toBe(false);
  });
});

describe('a stopped gate', () => {
  it('sends no more probes, tells who waits and leaves no timer', async () => {
    const { clock, gate, probes } = gateWith();
    gate.failed('refused', true);
    const wait = gate.whenOpen(5_000);
    gate.stop();
    expect(await wait).toBe(false);
    expect(await gate.whenOpen(5_000)).toBe(false);
    gate.failed('refused', true);
    await clock.advance(100_000);
    expect(probes).toEqual([]);
    expect(clock.pending).toBe(0);
    expect(gate.isOpen).toBe(false);
  });

  it('stays closed when a probe that was under way succeeds', async () => {
    let answer: (well: boolean) => void = () => {};
    const { clock, gate, moves } = gateWith({ answers: [new Promise((resolve) => (answer = resolve))] });
    gate.failed('refused', true);
    await clock.advance(250);
    gate.stop();
    answer(true);
    await settle();
    expect(gate.isOpen).toBe(false);
    expect(moves).toEqual([false]);
  });
});
