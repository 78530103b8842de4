import 'reflect-metadata';
import { Readable } from 'node:stream';
import {
  type ArgumentsHost,
  Body,
  Catch,
  Controller,
  type ExceptionFilter,
  Get,
  HttpCode,
  Module,
  Post,
  StreamableFile,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { Response } from 'express';
import { expect, it } from 'vitest';
import { afterTest } from '../../../test/kit/after-test.ts';
import { TraceHubModule } from '../src/nest.ts';
import { describeMiddleware } from './describe-middleware.ts';
import type { AppParts } from './test-app.ts';
import { type Listener, startServer } from './test-server.ts';
import { type SeenIds, walk } from './walk.ts';

type Handlers = Record<string, (body: { item: string }) => unknown>;

/** A controller without decorator syntax: every handler is `<METHOD> <path>` and takes the body. */
function makeController(path: string, handlers: Handlers): new () => object {
  class TestController {}
  Object.assign(TestController.prototype, handlers);
  for (const name of Object.keys(handlers)) {
    const [method, route] = name.split(' ');
    const property = Object.getOwnPropertyDescriptor(TestController.prototype, name) as PropertyDescriptor;
    const decorate = method === 'POST' ? Post : Get;
    decorate(route)(TestController.prototype, name, property);
    HttpCode(200)(TestController.prototype, name, property);
    Body()(TestController.prototype, name, 0);
  }
  Controller(path)(TestController);
  return TestController;
}

/** The app's own last resort. */
class OwnFilter implements ExceptionFilter {
  readonly #handled: unknown[];

  constructor(handled: unknown[]) {
    this.#handled = handled;
  }

  catch(error: Error & { status?: number }, host: ArgumentsHost): void {
    this.#handled.push(error);
    const response = host.switchToHttp().getResponse<Response>();
    if (!response.headersSent) response.status(error.status ?? 500).end();
  }
}
Catch()(OwnFilter);

async function makeApp(parts: AppParts): Promise<Listener> {
  const orders = makeController('orders', {
    'GET :id': async () => ({ seen: await walk() }),
    'POST :id': async ({ item }) => ({ item, seen: await walk() }),
    'GET :id/fail': async () => {
      throw parts.failure;
    },
    'GET :id/refuse': () => {
      throw parts.refusal;
    },
  });
  const others = makeController('', {
    'GET stream': () => new StreamableFile(Readable.from(parts.chunks(), { objectMode: false })),
    'GET health': async () => ({ seen: (await walk()) as SeenIds }),
  });
  class AppModule {}
  Module({ imports: [TraceHubModule.forRoot(parts.options)], controllers: [orders, others] })(AppModule);

  const app = await NestFactory.create(AppModule, { logger: false });
  afterTest(() => app.close());
  app.useGlobalFilters(new OwnFilter(parts.handled));
  await app.init();
  return app.getHttpAdapter().getInstance() as Listener;
}

describeMiddleware('NestJS', makeApp, { hasPatterns: true });

it('gives what the body parser of NestJS refuses a trace id', async () => {
  const parts = { options: {}, handled: [] } as unknown as AppParts;
  const server = await startServer(await makeApp(parts));
  const sent = { 'content-type': 'application/json', 'X-Trace-ID': 'a' };
  const { status, headers } = await server.ask('POST', '/orders/7', sent, '{');
  expect([status, headers['x-trace-id']]).toEqual([400, 'a']);
});

it('does nothing in a NestJS application without HTTP', async () => {
  class AppModule {}
  Module({ imports: [TraceHubModule.forRoot()] })(AppModule);
  const context = await NestFactory.createApplicationContext(AppModule, { logger: false });
  expect(context.get(TraceHubModule)).toBeInstanceOf(TraceHubModule);
  await context.close();
});

it('refuses a bad option of NestJS when the module is made', () => {
  expect(() => TraceHubModule.forRoot({ log: 'console' as never })).toThrow(
    expect.objectContaining({ code: 'TRACEHUB_CONFIG', option: 'log' }),
  );
});
