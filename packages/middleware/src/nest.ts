import type { IncomingMessage } from 'node:http';
import {
  type CallHandler,
  type DynamicModule,
  type ExecutionContext,
  Inject,
  Module,
  type NestInterceptor,
} from '@nestjs/common';
import { APP_INTERCEPTOR, HttpAdapterHost } from '@nestjs/core';
import { type Observable, tap } from 'rxjs';
import { traceHub } from './express.ts';
import { exchangeOf } from './node-exchange.ts';
import type { TraceHubMiddlewareOptions } from './options.ts';

export type { PathMatcher, TraceHubMiddlewareOptions } from './options.ts';
export type { RequestFields, RequestLine } from './request-line.ts';

type ExpressMiddleware = ReturnType<typeof traceHub>;

const MIDDLEWARE = Symbol('tracehub.middleware');

/** Takes note of what a handler, its pipes and its interceptors throw; Nest's exception filters get it unchanged. */
class TraceHubErrors implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    if (context.getType() !== 'http') return next.handle();
    const exchange = exchangeOf(context.switchToHttp().getRequest<IncomingMessage>());
    return next.handle().pipe(tap({ error: (error: unknown) => exchange?.failed(error) }));
  }
}

/** Trace ids for NestJS on Express: `imports: [TraceHubModule.forRoot()]` in the root module. */
export class TraceHubModule {
  constructor(host: HttpAdapterHost | undefined, middleware: ExpressMiddleware) {
    // Here and not in configure(): before the body parser, so that what that refuses has a trace id as well.
    host?.httpAdapter?.use(middleware);
  }

  /** @throws TraceHubConfigError for a bad option. */
  static forRoot(options: TraceHubMiddlewareOptions = {}): DynamicModule {
    return {
      module: TraceHubModule,
      providers: [
        { provide: MIDDLEWARE, useValue: traceHub(options) },
        { provide: APP_INTERCEPTOR, useClass: TraceHubErrors },
      ],
    };
  }
}

// What the decorators @Module({}) and @Inject() do; Node runs no decorator syntax.
Module({})(TraceHubModule);
Inject(HttpAdapterHost)(TraceHubModule, undefined, 0);
Inject(MIDDLEWARE)(TraceHubModule, undefined, 1);
