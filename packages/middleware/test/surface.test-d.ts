import { type RequestListener, createServer } from 'node:http';
import { describe, expectTypeOf, it } from 'vitest';
import * as express from '@tracehub/middleware/express';
import * as fastify from '@tracehub/middleware/fastify';
import * as hono from '@tracehub/middleware/hono';
import * as http from '@tracehub/middleware/http';
import * as koa from '@tracehub/middleware/koa';
import * as nest from '@tracehub/middleware/nest';
import type { DynamicModule } from '@nestjs/common';
import { fastify as createFastify } from 'fastify';
import { Hono } from 'hono';

const options: http.TraceHubMiddlewareOptions = {
  ignore: ['/health', /^\/static\//, (path) => path.endsWith('.ico')],
  log: ({ level, message, fields, error }) => {
    expectTypeOf(level).toExtend<'info' | 'warn' | 'error'>();
    expectTypeOf(message).toEqualTypeOf<string>();
    expectTypeOf(fields.method).toEqualTypeOf<string>();
    expectTypeOf(error).toEqualTypeOf<unknown>();
  },
};

describe('@tracehub/middleware', () => {
  it('fits each framework', () => {
    createServer(http.withTraceHub((_request, response) => response.end(), options));
    expectTypeOf(http.withTraceHub(() => {})).toExtend<RequestListener>();
    void createFastify().register(fastify.traceHub, options);
    new Hono().use(hono.traceHub(options));
    expectTypeOf(nest.TraceHubModule.forRoot(options)).toEqualTypeOf<DynamicModule>();
    expectTypeOf(express.traceHub).parameter(0).toEqualTypeOf<http.TraceHubMiddlewareOptions | undefined>();
    expectTypeOf(koa.traceHub).parameter(0).toEqualTypeOf<http.TraceHubMiddlewareOptions | undefined>();
  });

  it('checks its options', () => {
    // @ts-expect-error -- a line goes to a function
    void ({ log: 'console' } satisfies http.TraceHubMiddlewareOptions);
    // @ts-expect-error -- misspelt
    void ({ ignored: '/health' } satisfies http.TraceHubMiddlewareOptions);
  });

  it('has these exports, and no other', () => {
    expectTypeOf<keyof typeof express>().toEqualTypeOf<'traceHub' | 'traceHubErrors'>();
    expectTypeOf<keyof typeof fastify>().toEqualTypeOf<'traceHub'>();
    expectTypeOf<keyof typeof hono>().toEqualTypeOf<'traceHub'>();
    expectTypeOf<keyof typeof http>().toEqualTypeOf<'withTraceHub'>();
    expectTypeOf<keyof typeof koa>().toEqualTypeOf<'traceHub'>();
    expectTypeOf<keyof typeof nest>().toEqualTypeOf<'TraceHubModule'>();
  });
});
