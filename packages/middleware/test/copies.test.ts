import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { getTraceId } from '@tracehub/core-sender/trace';
import express from 'express';
import { describe, expect, it } from 'vitest';
import type * as expressPart from '../src/express.ts';
import type { RequestLine } from '../src/request-line.ts';
import { startServer } from './test-server.ts';

const require = createRequire(import.meta.url);

describe('the built package', () => {
  it.each([
    ['express', ['traceHub', 'traceHubErrors']],
    ['fastify', ['traceHub']],
    ['hono', ['traceHub']],
    ['http', ['withTraceHub']],
    ['koa', ['traceHub']],
    ['nest', ['TraceHubModule']],
  ])('can be loaded both ways: %s', async (part, names) => {
    const cjs = require(`@tracehub/middleware/${part}`) as object;
    const esm = (await import(new URL(`../dist/esm/${part}.js`, import.meta.url).href)) as object;
    expect(Object.keys(cjs)).toEqual(names);
    expect(Object.keys(esm)).toEqual(names);
  });

  it('has types that need those of no other framework', () => {
    const typesOf = (part: string): string =>
      readFileSync(new URL(`../dist/esm/${part}.d.ts`, import.meta.url), 'utf8');
    const foreign = ['express', 'koa', 'http', 'options', 'request-line', 'fastify', 'hono', 'nest'].flatMap(
      (part) => {
        const imports = [...typesOf(part).matchAll(/(?:from|import\() ?['"]([^'"]+)/g)];
        const names = imports.map(([, name = '']) => name).filter((name) => !/^(\.|node:)/.test(name));
        return names.map((name) => `${part} → ${name}`);
      },
    );
    expect(foreign).toEqual([
      'fastify → fastify',
      'hono → hono',
      'nest → @nestjs/common',
      'nest → @nestjs/core',
    ]);
  });

  it('shares requests between its copies: one trace id, one line, the error once', async () => {
    const cjs = require('@tracehub/middleware/express') as typeof expressPart;
    const esm = (await import(new URL('../dist/esm/express.js', import.meta.url).href)) as typeof expressPart;
    const lines: (RequestLine & { traceId: string | undefined })[] = [];
    const log = (line: RequestLine): unknown => lines.push({ ...line, traceId: getTraceId() });
    const app = express().use(esm.traceHub({ log }), cjs.traceHub({ log }));
    app.get('/fail', () => {
      throw new Error('no');
    });
    app.use(cjs.traceHubErrors(), esm.traceHubErrors(), ((_error, _request, response, _next) => {
      response.status(500).end();
    }) satisfies express.ErrorRequestHandler);
    const server = await startServer(app);
    expect((await server.ask('GET', '/fail', { 'X-Trace-ID': 'a' })).headers['x-trace-id']).toBe('a');
    await expect
      .poll(() => lines.map(({ message, traceId }) => [message, traceId]))
      .toEqual([
        ['GET /fail failed', 'a'],
        ['GET /fail 500', 'a'],
      ]);
  });
});
