// What a TypeScript app may write; compiled as an ES module and as CommonJS, where neither Express nor Koa is installed.
import { createServer } from 'node:http';
import * as express from '@tracehub/middleware/express';
import { traceHub as fastifyTraceHub } from '@tracehub/middleware/fastify';
import { traceHub as honoTraceHub } from '@tracehub/middleware/hono';
import { type RequestLine, type TraceHubMiddlewareOptions, withTraceHub } from '@tracehub/middleware/http';
import { type KoaContext, traceHub as koaTraceHub } from '@tracehub/middleware/koa';
import { fastify } from 'fastify';
import { Hono } from 'hono';

const options: TraceHubMiddlewareOptions = {
  ignore: '/health',
  log: ({ level, message, fields }: RequestLine) => console.log(level, message, fields.method),
};

export const server = createServer(withTraceHub((_request, response) => response.end(), options));

createServer((request, response) => {
  express.traceHub(options)(request, response, (error) => {
    express.traceHubErrors()(error, request, response, () => response.end());
  });
});

createServer((req, res) => {
  const context: KoaContext = { req, res };
  void koaTraceHub(options)(context, () => Promise.resolve());
});

export const fastifyApp = fastify();
void fastifyApp.register(fastifyTraceHub, options);

export const honoApp: Hono = new Hono().use(honoTraceHub(options));

// @ts-expect-error -- a line goes to a function
withTraceHub(() => {}, { ...options, log: 'console' });
