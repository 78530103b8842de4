import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { respond } from '../../../test/kit/fault-server.ts';
import { table } from '../src/terminal/table.ts';
import { cli, leaveLetters, setUp } from './support.ts';

const README = new URL('../README.md', import.meta.url);

/** The block of output that follows this command in the README. */
const OUTPUT = /(\$ tracehub doctor\n)([\s\S]*?)(?=```)/;

/** What differs from run to run and machine to machine, as the README has it. */
function tidy(output: string, url: string, dlqPath: string): string {
  return output
    .replaceAll(dlqPath, '/var/lib/shop/dlq')
    .replaceAll(url, 'http://127.0.0.1:4319')
    .replaceAll(`port ${new URL(url).port}`, 'port 4319')
    .replaceAll(/after \d+ ms/g, 'after 12 ms')
    .replaceAll(/oldest \d+ s old/g, 'oldest 20 s old')
    .replaceAll(/[\d.]+ [GM]iB free/g, '74.0 GiB free')
    .replaceAll(', as root: run this as the user of the app', '')
    .replaceAll(/ +$/gm, '')
    .replace(/^(?: {2}\S+ .*\n)+/, (options) => `${aligned(options).join('\n')}\n`);
}

/** The table of options with columns as wide as its values are now. */
function aligned(options: string): string[] {
  const rows = options
    .trimEnd()
    .split('\n')
    .map((line) => line.trim().split(/ {2,}/));
  return table(rows).map((line) => `  ${line}`);
}

describe('the README', () => {
  it('has of doctor what a run prints (TRACEHUB_UPDATE_README=1 writes it anew)', async () => {
    const { env, server, dlqPath } = await setUp();
    await server.stop();
    await leaveLetters(250, { endpoint: server.url, dlqPath });
    await server.restart();
    server.plan = { onWhole: () => [respond(401, { detail: 'Invalid API key' })] };
    const { stdout, stderr } = await cli(['doctor'], { env });
    expect(stderr).toBe('');
    const captured = tidy(stdout, server.url, dlqPath);
    const readme = readFileSync(README, 'utf8');
    if (process.env['TRACEHUB_UPDATE_README'] === '1') {
      writeFileSync(
        README,
        readme.replace(OUTPUT, (_, command: string) => command + captured),
      );
    }
    expect(OUTPUT.exec(readFileSync(README, 'utf8'))?.[2]).toBe(captured);
  });

  it('leaves sizes to the table that is measured', () => {
    const readme = readFileSync(README, 'utf8');
    expect(readme).toContain('](../../README.md#packages)');
    expect(readme).not.toMatch(/\d+ MB/);
  });

  it('every command the README shows is known to the program', async () => {
    const readme = readFileSync(README, 'utf8');
    const commands = new Set(
      [...readme.matchAll(/`tracehub ((?:dlq )?[a-z]+)/g)].map(([, words = '']) => words),
    );
    expect(commands.size).toBeGreaterThan(8);
    for (const words of commands) {
      const { code, stdout } = await cli([...words.split(' '), '--help']);
      expect({ words, code }).toEqual({ words, code: 0 });
      expect(stdout).toContain(`Usage: tracehub ${words}`);
    }
  });
});
