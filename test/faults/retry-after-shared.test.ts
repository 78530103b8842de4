import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { size } from '../crash/kit/size.ts';
import { afterTest } from '../kit/after-test.ts';
import { type SeenRequest, accept, respond, startFaultServer } from '../kit/fault-server.ts';
import { fastClock, recordNumber, seededRandom, startLane, until } from './lane.ts';

/** Checks of one sender; a check is one answer that asks for a wait, of which any later request may come too early. */
const CHECKS = 50;
const SENDERS = size(2, 10);

/** Milliseconds of the sender's clock in one of the test's. */
const FACTOR = 100;

/** What the server asks for, and the wait that it may count on. */
type Form = (wall: number) => { header: string; wait: number };

const asked = (header: string, wait = 0): { header: string; wait: number } => ({ header, wait });
const FORMS: readonly Form[] = [
  () => asked('2', 2_000),
  () => asked('1.5', 1_500),
  () => asked(' 3 ', 3_000),
  // Of whole seconds.
  (wall) => asked(new Date(wall + 4_000).toUTCString(), 3_000),
  () => asked('0'),
  () => asked('-5'),
  (wall) => asked(new Date(wall - 60_000).toUTCString()),
  (wall) => asked(new Date(wall - 10 * 365 * 86_400_000).toUTCString()),
  () => asked('soon'),
  () => asked(''),
];

/** The dead letters a sender starts with, and the live entries it is given while it replays them. */
const OLD = 200;
const LIVE = 200;

type Kind = 'live' | 'replay' | 'probe';

function kindOf({ entries }: SeenRequest): Kind {
  const [first] = entries;
  if (!first) return 'probe';
  return recordNumber(first) <= OLD ? 'replay' : 'live';
}

/** How many answers asked for a wait, by the kind of request they were given to, and requests that came too early. */
interface Checked {
  asked: Record<Kind, number>;
  early: string[];
}

interface UndiciMessage {
  request: { origin: string };
  response: { headers: Buffer[] };
}

/**
 * Tells when a request to `origin` is made, and when an answer has been read, by undici's own channels: as the server
 * sees it, a request that was under way when it asked for a wait would count as early.
 */
function watchRequests(origin: string, onMade: () => void, onAnswer: (answer: string) => void): void {
  const answers = new WeakMap<object, string>();
  const channels: Record<string, (message: UndiciMessage) => void> = {
    'undici:request:create': onMade,
    'undici:request:headers': ({ request, response }) => {
      const texts = response.headers.map(String);
      if (texts.includes('x-answer')) answers.set(request, texts[texts.indexOf('x-answer') + 1]!);
    },
    'undici:request:trailers': ({ request }) => {
      const answer = answers.get(request);
      if (answer !== undefined) void turns(3).then(() => onAnswer(answer));
    },
  };
  for (const [name, listener] of Object.entries(channels)) {
    const own = (message: unknown): void => {
      if ((message as UndiciMessage).request.origin === origin) listener(message as UndiciMessage);
    };
    subscribe(name, own);
    afterTest(() => void unsubscribe(name, own));
  }
}

/** The sender reads an answer that is there within a few turns of the loop. */
async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
}

async function askToWait(seed: number): Promise<Checked> {
  const clock = fastClock(FACTOR);
  const ports = { clock, random: () => 0.05 };
  const random = seededRandom(seed);
  const checked: Checked = { asked: { live: 0, replay: 0, probe: 0 }, early: [] };
  const server = await startFaultServer();
  await server.stop();
  const options = { timeout: 1_000 * FACTOR, flushInterval: 1_000, maxBatchEntries: 10 };
  const before = startLane(server.url, options, ports);
  before.log(OLD);
  await before.sender.close();
  await server.restart();

  const waits = new Map<string, number>();
  let left = CHECKS;
  server.plan = {
    onWhole: (request) => {
      if (left <= 0 || random() < 0.4) return accept(request);
      left--;
      checked.asked[kindOf(request)]++;
      const { header, wait } = FORMS[Math.floor(random() * FORMS.length)]!(clock.wall());
      const answer = String(request.index);
      waits.set(answer, clock.now() + wait);
      return [respond(random() < 0.5 ? 429 : 503, '', { 'retry-after': header, 'x-answer': answer })];
    },
  };
  let notBefore = Number.NEGATIVE_INFINITY;
  watchRequests(
    server.url,
    () => {
      if (clock.now() < notBefore) checked.early.push(`${Math.ceil(notBefore - clock.now())} ms`);
    },
    (answer) => (notBefore = Math.max(notBefore, waits.get(answer)!)),
  );
  const lane = startLane(server.url, { ...options, dlqPath: before.dlqPath, from: OLD + 1 }, ports);
  for (let n = 0; n < LIVE || left > 0; n++) {
    lane.log(1);
    await sleep(5);
  }
  const stored = (): number => new Set(server.stored().map(recordNumber)).size;
  await until(() => stored() === OLD + lane.logged, 'all of it', 20_000);
  await lane.sender.close();
  return checked;
}

test(`a wait the server asks for, ${CHECKS * SENDERS} times, is kept by live batches, replays and probes alike`, async () => {
  const checks = await Promise.all(Array.from({ length: SENDERS }, (_, index) => askToWait(index + 1)));
  expect(checks.flatMap(({ early }) => early)).toEqual([]);
  const total = (kind: Kind): number => checks.reduce((sum, { asked: { [kind]: count } }) => sum + count, 0);
  expect(total('live') + total('replay') + total('probe')).toBe(CHECKS * SENDERS);
  // Each kind was told to wait, not probes alone.
  for (const kind of ['live', 'replay', 'probe'] as const) expect(total(kind), kind).toBeGreaterThan(SENDERS);
});
