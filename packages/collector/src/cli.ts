#!/usr/bin/env node
import { startCollector, type Collector } from './collector.ts';
import { flagOf, readCommandLine, usage } from './command-line.ts';
import { runKeysCommand } from './keys/keys-command.ts';
import { resolveOptions, type CollectorSettings } from './options.ts';

/**
 * What stands still while this drains may never answer: then this ends all the same, before systemd and compose kill it
 * after 15 s (`deploy/`). What was answered with 202 is with the broker or stored; ms.
 */
const longestDrain = 12_000;

async function main(): Promise<void> {
  const { help, options, keys } = readCommandLine(process.argv.slice(2));
  if (help) {
    console.log(usage);
    return;
  }
  if (keys !== undefined) {
    // Nothing is listened on, so wherever a collector may listen is no reason to refuse.
    const settings = resolveOptions({ ...options, host: '127.0.0.1', role: 'all' }, process.env, flagOf);
    console.log(await runKeysCommand(keys, settings));
    if (keys.action === 'create') console.error('shown this once: only its hash is kept');
    return;
  }
  const settings = resolveOptions(options, process.env, flagOf);
  const collector = await startCollector(settings);
  function stop(): void {
    // With no listener left, a second signal does what it does to any program: it ends this one at once.
    process.off('SIGTERM', stop);
    process.off('SIGINT', stop);
    setTimeout(giveUp, longestDrain).unref();
    void collector.close().catch(fail);
  }
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  // In one write, so that a program which waits for the first line has both; and last, so that it may end us then.
  console.log(
    `tracehub-collector listening on ${collector.url} (${describe(settings)})${keyLine(collector)}`,
  );
}

function describe({ dataDir, role }: CollectorSettings): string {
  const what = role === 'all' ? '' : `${role}, `;
  if (dataDir === undefined) return `${what}kept in PostgreSQL`;
  return dataDir === 'memory' ? 'kept in memory only' : `kept in ${dataDir}`;
}

function keyLine({ developmentKey, developmentKeySource }: Collector): string {
  return developmentKey === undefined || developmentKeySource === 'given'
    ? ''
    : `\ndevelopment key: ${developmentKey}`;
}

function giveUp(): never {
  fail(
    new Error(`not closed in order within ${longestDrain / 1000} s: RabbitMQ or PostgreSQL does not answer`),
  );
  process.exit();
}

function fail(error: unknown): void {
  console.error(`tracehub-collector: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}

main().catch(fail);
