import { setTimeout } from 'node:timers/promises';
import { beforeAll, expect, it } from 'vitest';
import {
  startPostgres,
  type PrivatePostgres,
  startRabbit,
  type PrivateRabbit,
} from '../kit/servers/servers.ts';
import { deploy } from './kit/deployment.ts';
import { exactly, outcomeOf } from './kit/outcome.ts';
import { size } from './kit/size.ts';
import { startStream } from './kit/stream.ts';

const entries = size(1_000, 100_000);

let postgres: PrivatePostgres;
let rabbit: PrivateRabbit;
beforeAll(async () => {
  postgres = startPostgres();
  rabbit = await startRabbit();
});

/**
 * A quorum queue that RabbitMQ 3.10 is killed with in its first seconds has no leader ever after ("leader call - leader
 * not known" in its log): nothing that a client does brings it back.
 */
const queueAge = 6000;

/** What is done to a server in the middle of the stream. */
const faults: Record<string, () => Promise<void>> = {
  'RabbitMQ is stopped and started': async () => {
    await rabbit.stop();
    await setTimeout(2000);
    await rabbit.start();
  },
  'RabbitMQ is killed and started': async () => {
    await rabbit.kill();
    await rabbit.start();
  },
  'RabbitMQ stands still for longer than senders wait': async () => {
    rabbit.pause();
    await setTimeout(12_000);
    rabbit.resume();
  },
  'PostgreSQL is stopped and started': async () => {
    postgres.stop();
    await setTimeout(3000);
    postgres.start();
  },
  'PostgreSQL crashes and starts': async () => {
    postgres.kill();
    await setTimeout(1000);
    postgres.start();
  },
};

it.each(Object.keys(faults))('stores everything exactly once when %s', async (fault) => {
  const databaseUrl = postgres.createDatabase(fault.replaceAll(/\W/g, '_').toLowerCase().slice(0, 60));
  const { url, api, workers } = await deploy(databaseUrl, rabbit.nextUrl(), { workers: 2 });
  if (fault.startsWith('RabbitMQ')) await setTimeout(queueAge);
  const stream = startStream(url);
  const sending = stream.send(entries);
  await setTimeout(300);
  await faults[fault]?.();
  await sending;
  expect(await outcomeOf(stream, databaseUrl, 100_000)).toEqual(exactly(stream));
  for (const process of [api, ...workers]) expect(await process.stop()).toBe(0);
});

it('ends when it is told to, also while RabbitMQ stands still', async () => {
  const databaseUrl = postgres.createDatabase('frozen');
  const { url, api, workers } = await deploy(databaseUrl, rabbit.nextUrl());
  const stream = startStream(url);
  await stream.send(100);
  await stream.delivered();
  rabbit.pause();
  try {
    const codes = await Promise.all([api, ...workers].map((process) => process.stop()));
    // Not null: neither was killed.
    expect(codes).toEqual([1, 1]);
  } finally {
    rabbit.resume();
  }
  for (const { output } of [api, ...workers]) expect(output).toContain('not closed in order within 12 s');
});
