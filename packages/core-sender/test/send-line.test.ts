import { describe, expect, it } from 'vitest';
import { afterTest } from '../../../test/kit/after-test.ts';
import { type LineProfile, type Sender, createSender, levelFromNumber } from '../src/index.ts';
import type { SenderOptions } from '../src/options/options.ts';
import { runWithTraceId } from '../src/trace.ts';
import { IDENTITY, expectBalanced, ingestServer } from './support.ts';

const LINE: LineProfile = {
  levelKey: 'level',
  timeKey: 'time',
  messageKey: 'msg',
  level: (value) =>
    typeof value === 'number'
      ? { level: levelFromNumber(value), isWanted: value !== 10, isUsed: value % 10 === 0 }
      : undefined,
};

async function start(given: SenderOptions = {}, line: { line?: LineProfile } = { line: LINE }) {
  const server = await ingestServer();
  const profile = { sdkVersion: 'test/1.0.0', threadId: 'main', hostKey: 'hostname', pidKey: 'pid' };
  const options = { ...IDENTITY, endpoint: server.url, dlqPath: false as const, ...given };
  const sender = createSender(options, { ...profile, moduleKeys: ['module', 'name'], ...line });
  afterTest(async () => {
    await sender.close();
    expectBalanced(sender.stats());
  });
  return { sender, server };
}

function take(sender: Sender, line: string): boolean {
  const bytes = Buffer.from(`before ${line}\nafter`);
  return sender.sendLine(bytes, 7, bytes.length - 6);
}

describe('a line', () => {
  it('becomes an entry without being parsed', async () => {
    const { sender, server } = await start();
    const time = Date.now();
    const line = `{"level":35,"time":${time},"pid":7,"hostname":"web-1","name":"shop","trace_id":"t1","a":[1,{"b":"é\\n"}],"msg":"hi \\"you\\"","z":null}`;
    expect(take(sender, line)).toBe(true);
    await sender.flush();
    expect(server.stored).toEqual([
      {
        id: expect.stringMatching(/^[0-9a-f]{16}-1$/),
        level: 'INFO',
        timestamp: new Date(time).toISOString().replace('Z', '000Z'),
        service: 'shop',
        environment: 'test',
        sdk_version: 'test/1.0.0',
        host: 'web-1',
        pid: 7,
        thread_id: 'main',
        trace_id: 't1',
        module: 'shop',
        message: 'hi "you"',
        extra: { level: 35, a: [1, { b: 'é\n' }], z: null },
      },
    ]);
  });

  it('says nothing of what its logger does not', async () => {
    const { sender, server } = await start({ idInExtra: true });
    runWithTraceId('of-the-context', () => take(sender, '{"level":30}'));
    await sender.flush();
    const [entry] = server.stored;
    expect(entry).toMatchObject({ message: '', pid: process.pid, trace_id: 'of-the-context' });
    expect(entry!.extra).toEqual({ tracehub_id: entry!.id });
    expect(Math.abs(Date.parse(entry!.timestamp) - Date.now())).toBeLessThan(5_000);
  });

  it('takes its columns from the members that have them, in any order', async () => {
    const { sender, server } = await start();
    take(sender, '{"name":"n","msg":"m","thread_id":"worker-3","module":"mod","x":1,"level":40}');
    await sender.flush();
    expect(server.stored).toMatchObject([
      { level: 'WARN', message: 'm', module: 'mod', thread_id: 'worker-3', extra: { name: 'n', x: 1 } },
    ]);
    expect(Object.keys(server.stored[0]!.extra!)).toEqual(['name', 'x']);
  });

  it.each([
    ['that is no JSON', '{"level":30,"msg":"m"'],
    ['without a level', '{"msg":"m"}'],
    ['of a level that its logger does not know', '{"level":"info","msg":"m"}'],
    ['with an error', '{"level":30,"err":{"message":"m","stack":"Error: m"},"msg":"m"}'],
    ['with an error deep inside, from WARN on', '{"level":40,"a":{"b":{"stack":"Error"}},"msg":"m"}'],
    ['with fields that have more than one effect', '{"level":30,"extra":{"a":1},"msg":"m"}'],
    ['from another time', '{"level":30,"time":1000000000000,"msg":"m"}'],
    ['with a column that has to be cut', `{"level":30,"trace_id":"${'x'.repeat(65)}","msg":"m"}`],
    ['that is long', `{"level":30,"msg":"${'x'.repeat(8_192)}"}`],
  ])('%s is to be parsed', async (_, line) => {
    const { sender } = await start();
    expect(take(sender, line)).toBe(false);
    expect(sender.stats().accepted).toBe(0);
  });

  it('is to be parsed where it has to be redacted, or where nobody says how to read it', async () => {
    const { sender } = await start({ redact: ['a'] });
    expect(take(sender, '{"level":30,"msg":"m"}')).toBe(false);
    const { sender: other } = await start({}, {});
    expect(take(other, '{"level":30,"msg":"m"}')).toBe(false);
  });
});

describe('what holds for records holds for lines', () => {
  it('level, the one of the logger and the option', async () => {
    const { sender, server } = await start({ level: 'warn' });
    for (const level of [10, 30, 40, 50]) expect(take(sender, `{"level":${level},"msg":"m"}`)).toBe(true);
    await sender.flush();
    expect(server.stored.map(({ level }) => level)).toEqual(['WARN', 'ERROR']);
  });

  it('rateLimit', async () => {
    const { sender } = await start({ rateLimit: 5 });
    for (let n = 0; n < 20; n++) take(sender, '{"level":30,"msg":"m"}');
    expect(sender.stats().drops['rate-limit']).toBeGreaterThan(10);
  });

  it('the end: what comes too late is counted', async () => {
    const { sender } = await start();
    await sender.close();
    expect(take(sender, '{"level":30,"msg":"m"}')).toBe(true);
    expect(sender.stats().drops.closed).toBe(1);
  });

  it('the order of issues in a batch', async () => {
    const { sender, server } = await start();
    for (const message of ['b 1', 'a', 'b 2', 'a']) take(sender, `{"level":50,"msg":"${message}"}`);
    take(sender, '{"level":30,"msg":"c"}');
    await sender.flush();
    expect(server.stored.map(({ message }) => message)).toEqual(['c', 'a', 'a', 'b 1', 'b 2']);
  });
});
