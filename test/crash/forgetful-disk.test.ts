import fc from 'fast-check';
import { expect, it } from 'vitest';
import '../kit/setup.ts';
import { type Crash, History, type Step, recover } from './kit/disk-history.ts';
import { ForgetfulDisk } from './kit/forgetful-disk.ts';
import { randomFrom, seed, size } from './kit/size.ts';

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    do: fc.constant('append' as const),
    count: fc.integer({ min: 1, max: 12 }),
    isLarge: fc.boolean(),
  }),
  fc.record({ do: fc.constant('spill' as const), count: fc.integer({ min: 1, max: 12 }) }),
  fc.record({
    do: fc.constant('replay' as const),
    delivered: fc.constantFrom(0, 0.3, 1),
    rejected: fc.constantFrom(0, 0.3, 1),
  }),
  fc.record({ do: fc.constant('restart' as const) }),
);
const steps = fc.array(step, { minLength: 1, maxLength: 8 });

it(
  `no power loss takes or tears an entry of a sealed segment (seed ${seed})`,
  { timeout: size(120_000, 3_000_000) },
  async () => {
    let powerLosses = 0;
    const property = fc.asyncProperty(
      fc.array(steps, { minLength: 1, maxLength: 2 }),
      fc.nat(),
      async (lives, start) => {
        const random = randomFrom(start);
        const written = new Map<string, string>();
        let crash: Crash = { disk: new ForgetfulDisk(), promised: new Set() };
        for (const life of lives) {
          const history = new History(crash, written);
          await history.run(life, random);
          expect(history.faults).toEqual([]);
          for (const each of history.crashes) expect(await recover(each, written)).toEqual([]);
          powerLosses += history.crashes.length;
          // The next life begins where one of those recoveries met a power loss of its own.
          const last = history.crashes[Math.floor(random() * history.crashes.length)]!;
          crash = { disk: last.disk.crash(random), promised: last.promised };
        }
      },
    );
    await fc.assert(property, { seed, numRuns: size(200, 10_000) });
    expect(powerLosses).toBeGreaterThan(size(1_000, 100_000));
  },
);
