#!/usr/bin/env node
import { startCollector } from './collector.ts';
import { flagOf, readCommandLine, usage } from './command-line.ts';
import { resolveOptions } from './options.ts';

async function main(): Promise<void> {
  const { help, options } = readCommandLine(process.argv.slice(2));
  if (help) {
    console.log(usage);
    return;
  }
  const collector = await startCollector(resolveOptions(options, process.env, flagOf));
  const { dataDir = 'the database given' } = collector;
  const kept = dataDir === 'memory' ? 'kept in memory only' : `kept in ${dataDir}`;
  const key =
    collector.developmentKey === undefined || collector.developmentKeySource === 'given'
      ? ''
      : `\ndevelopment key: ${collector.developmentKey}`;
  function stop(): void {
    // With no listener left, a second signal does what it does to any program: it ends this one at once.
    process.off('SIGTERM', stop);
    process.off('SIGINT', stop);
    void collector.close().catch(fail);
  }
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  // In one write, so that a program which waits for the first line has both; and last, so that it may end us then.
  console.log(`tracehub-collector listening on ${collector.url} (${kept})${key}`);
}

function fail(error: unknown): void {
  console.error(`tracehub-collector: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}

main().catch(fail);
