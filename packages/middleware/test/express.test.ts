import express from 'express';
import { expect, it } from 'vitest';
import { traceHub, traceHubErrors } from '../src/express.ts';
import type { RequestLine } from '../src/request-line.ts';
import { describeMiddleware } from './describe-middleware.ts';
import { makeExpressApp } from './express-app.ts';
import { startServer } from './test-server.ts';

describeMiddleware('Express 5', (parts) => makeExpressApp(express, parts), { hasPatterns: true });

it('counts once where it is used twice', async () => {
  const lines: RequestLine[] = [];
  const log = (line: RequestLine): unknown => lines.push(line);
  const app = express();
  app.use(traceHub({ log }), traceHub({ log }));
  app.get(['/a', /^\/b$/], () => {
    throw new Error('no');
  });
  app.use(traceHubErrors(), traceHubErrors(), ((error, _request, response, _next) => {
    response.status(500).end(String(error));
  }) satisfies express.ErrorRequestHandler);
  const server = await startServer(app);
  await server.ask('GET', '/b');
  await expect.poll(() => lines.length).toBe(2);
  expect(lines.map(({ message }) => message)).toEqual([
    String.raw`GET /a|/^\/b$/ failed`,
    String.raw`GET /a|/^\/b$/ 500`,
  ]);
});

it('gives what express.json() refuses a trace id', async () => {
  const app = express().use(traceHub(), express.json(), ((error, _request, response, _next) => {
    response.status((error as { status: number }).status).end();
  }) satisfies express.ErrorRequestHandler);
  const server = await startServer(app);
  const { status, headers } = await server.ask(
    'POST',
    '/',
    { 'content-type': 'application/json', 'X-Trace-ID': 'a' },
    '{',
  );
  expect([status, headers['x-trace-id']]).toEqual([400, 'a']);
});

it('names the route also where it stands in that route', async () => {
  const lines: RequestLine[] = [];
  const app = express();
  app.get('/orders/:id', traceHub({ log: (line) => lines.push(line) }), (_request, response) => {
    response.end();
  });
  const server = await startServer(app);
  await server.ask('GET', '/orders/7');
  await expect.poll(() => lines.map(({ message }) => message)).toEqual(['GET /orders/:id 200']);
});
