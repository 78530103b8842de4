import type { RequestListener } from 'node:http';
import { Readable } from 'node:stream';
import type { ErrorRequestHandler, Express, Router } from 'express';
import { traceHub, traceHubErrors } from '../src/express.ts';
import type { AppParts } from './test-app.ts';
import { readByEvents, walk } from './walk.ts';

/** The app of the grid, for either version of Express; the orders are a router of their own. */
export function makeExpressApp(
  express: { (): Express; Router: () => Router },
  parts: AppParts,
): RequestListener {
  const app = express();
  app.use(traceHub(parts.options));

  const orders = express.Router();
  orders.get('/:id', (_request, response, next) => {
    walk().then((seen) => response.json({ seen }), next);
  });
  orders.post('/:id', (request, response, next) => {
    const read = async (): Promise<object> => {
      const { seen, body } = await readByEvents(request);
      const { item } = JSON.parse(body) as { item: string };
      return { item, seen: [...seen, ...(await walk())] };
    };
    read().then((answer) => response.json(answer), next);
  });
  orders.get('/:id/fail', (_request, _response, next) => next(parts.failure));
  orders.get('/:id/refuse', () => {
    throw parts.refusal;
  });
  app.use('/orders', orders);

  app.get('/stream', (_request, response) => void Readable.from(parts.chunks()).pipe(response));
  app.get('/health', (_request, response, next) => {
    walk().then((seen) => response.json({ seen }), next);
  });

  const ownHandler: ErrorRequestHandler = (error: Error & { status?: number }, _request, response, _next) => {
    parts.handled.push(error);
    response.status(error.status ?? 500).end();
  };
  app.use(traceHubErrors(), ownHandler);
  return app;
}
