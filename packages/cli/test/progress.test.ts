import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { type SeenRequest, type Step, accept } from '../../../test/kit/fault-server.ts';
import { makeTempDirectory } from '../../../test/kit/temp.ts';
import { type SetUp, cli, leaveLetters, setUp, startCliOnTerminal } from './support.ts';

/** Long enough for the bar to be drawn in between: it is, ten times a second at most. */
const slowly = (request: SeenRequest): Step[] => [{ do: 'wait', ms: 150 }, ...accept(request)];

/** Sixty letters, a server that takes its time, and a command that sends ten at once. */
async function withLetters(): Promise<SetUp & { args: string[] }> {
  const set = await setUp({ onWhole: slowly });
  await set.server.stop();
  await leaveLetters(60, { endpoint: set.server.url, dlqPath: set.dlqPath });
  await set.server.restart();
  const file = join(makeTempDirectory('config'), 'options.json');
  writeFileSync(file, '{"maxBatchEntries":10}');
  return { ...set, args: ['dlq', 'replay', '--yes', '--config', file] };
}

const HIDE = '\u001b[?25l';
const SHOW = '\u001b[?25h';

/** What the bar said, one after another. */
function drawn(output: string): string[] {
  return [...output.matchAll(/replaying \[[█░]+\] (\d+% \d+\/60)/g)].map(([, said = '']) => said);
}

describe('the progress of dlq replay', () => {
  it('is a bar on a terminal, from nothing to all, which leaves the cursor and a line of its own', async () => {
    const { env, server, args } = await withLetters();
    const { code, stdout } = await startCliOnTerminal(args, { env }).ended;
    expect(code).toBe(0);
    expect(server.stored()).toHaveLength(60);
    const bars = drawn(stdout);
    expect(bars[0]).toBe('0% 0/60');
    expect(bars.at(-1)).toBe('100% 60/60');
    // Some of what lies between, and nothing else.
    const steps = [0, 10, 20, 30, 40, 50, 60].map((done) => `${Math.floor((100 * done) / 60)}% ${done}/60`);
    expect(steps).toEqual(expect.arrayContaining(bars));
    expect(new Set(bars).size).toBeGreaterThan(2);
    expect(stdout.lastIndexOf(SHOW)).toBeGreaterThan(stdout.lastIndexOf(HIDE));
    expect(stripVTControlCharacters(stdout)).toContain('\r\n60 letters delivered to ');
  });

  it('ends with the batch under way at Ctrl-C, with the cursor back and a word on what is left', async () => {
    const { env, server, args } = await withLetters();
    const child = startCliOnTerminal(args, { env });
    while (server.requests.length < 2) await sleep(2);
    child.tell('\u0003');
    const { code, stdout } = await child.ended;
    expect(code).toBe(1);
    const delivered = server.stored().length;
    expect(delivered).toBeLessThan(60);
    expect(drawn(stdout).at(-1)).toMatch(new RegExp(`% ${delivered}/60$`));
    expect(stdout.lastIndexOf(SHOW)).toBeGreaterThan(stdout.lastIndexOf(HIDE));
    expect(stdout).toContain(`${delivered} letters delivered`);
    expect(stdout).toContain(`${60 - delivered} letters not sent by this replay`);
  });

  it('is no bar where nobody looks', async () => {
    const { env, args } = await withLetters();
    const { code, stdout, stderr } = await cli(args, { env });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^60 dead letters would be sent to .*\n60 letters delivered to .*\n$/);
    expect(stderr).toBe('');
  });
});
