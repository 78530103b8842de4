import { join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { isWriting, readTable, writeTable } from '../kit/markdown-table.ts';
import { measureFootprint } from './footprint.ts';

const apps = inject('apps');
const tarballs = inject('tarballs');
const README = new URL('../../README.md', import.meta.url);
const HEAD = ['package', 'packed', 'installed, with what it depends on', 'packages'];

const names = Object.keys(tarballs).toSorted();
const measured = names.map((name) => {
  const app = join(apps, name.replace('@tracehub/', ''));
  return { name, ...measureFootprint(app, name, tarballs[name] ?? '') };
});

const KiB = 1024;

function size(bytes: number): string {
  return bytes < KiB ** 2 ? `${Math.round(bytes / KiB)} KiB` : `${(bytes / KiB ** 2).toFixed(1)} MiB`;
}

function bytes(text: string): number {
  return Number.parseFloat(text) * (text.endsWith('MiB') ? KiB ** 2 : KiB);
}

describe('the footprint of a package', () => {
  it('is what the README says, to a fifth (pnpm run footprint writes it)', () => {
    const rows = measured.map(({ name, packed, installed, packages }) => [
      `\`${name}\``,
      size(packed),
      size(installed),
      String(packages),
    ]);
    if (isWriting) writeTable(README, [HEAD, ...rows]);
    const said = readTable(README, HEAD).slice(1);
    expect(said.map(([name, , , packages]) => [name, packages])).toEqual(
      rows.map(([name, , , packages]) => [name, packages]),
    );
    for (const [index, { name, packed, installed }] of measured.entries()) {
      const [, saidPacked = '', saidInstalled = ''] = said[index] ?? [];
      expect(Math.abs(bytes(saidPacked) / packed - 1), `${name}, packed`).toBeLessThan(0.2);
      expect(Math.abs(bytes(saidInstalled) / installed - 1), `${name}, installed`).toBeLessThan(0.2);
    }
  });

  it('holds no dependency that nobody decided on', () => {
    expect(
      Object.fromEntries(measured.map(({ name, dependencies }) => [name, dependencies.toSorted()])),
    ).toEqual({
      '@tracehub/bunyan': ['@tracehub/core-sender', 'thread-stream'],
      '@tracehub/cli': [
        '@tracehub/core-sender',
        'cli-progress',
        'commander',
        'eventsource-parser',
        'open',
        'picocolors',
        'undici',
      ],
      '@tracehub/collector': [
        '@electric-sql/pglite',
        '@fastify/static',
        '@fastify/swagger',
        '@fastify/swagger-ui',
        '@sinclair/typebox',
        'amqplib',
        'fastify',
        'pg',
        'pg-copy-streams',
        'prom-client',
      ],
      '@tracehub/core-sender': ['sonic-boom', 'undici'],
      '@tracehub/logger': ['@tracehub/core-sender', 'thread-stream'],
      '@tracehub/middleware': ['@tracehub/core-sender', 'fastify-plugin'],
      '@tracehub/pino': ['@tracehub/core-sender', 'thread-stream'],
      '@tracehub/winston': ['@tracehub/core-sender', 'thread-stream', 'winston-transport'],
    });
  });

  it('stays small for the engine: undici, sonic-boom and its one dependency', () => {
    expect(measured.find(({ name }) => name === '@tracehub/core-sender')?.packages).toBe(4);
  });
});
