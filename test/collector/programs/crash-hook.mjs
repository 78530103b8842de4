/*
 * Loaded before the collector (`--import`). The process kills itself at the n-th time it comes to a named point:
 * `TRACEHUB_TEST_CRASH=point:n`. The points are calls of the libraries through which it speaks to the world, so the
 * collector itself knows nothing of them.
 */
import http from 'node:http';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import pg from 'pg';

const [wanted, times] = (process.env.TRACEHUB_TEST_CRASH ?? '').split(':');
const require = createRequire(import.meta.url);
let left = Number(times);

function at(point) {
  if (point !== wanted) return;
  left -= 1;
  if (left === 0) process.kill(process.pid, 'SIGKILL');
}

/** Calls `before` and `after` around a method; `after` once what a promise or callback brings is there. */
function around(prototype, method, before, after) {
  const real = prototype[method];
  prototype[method] = function (...args) {
    before?.(args, this);
    const result = real.apply(this, args);
    if (after === undefined) return result;
    if (typeof result?.then === 'function') return result.then((value) => (after(args), value));
    after(args);
    return result;
  };
}

// What the API does with a request.
around(http.Server.prototype, 'emit', ([event, request]) => {
  if (event === 'request' && request.method === 'POST') at('receive');
});
around(
  http.ServerResponse.prototype,
  'end',
  (_args, response) => response.statusCode === 202 && at('before answer'),
  () => at('after answer'),
);

// Past the package's list of exports: only the classes themselves have the prototypes.
const { ConfirmChannel, Channel } = require(
  join(dirname(require.resolve('amqplib')), 'lib', 'channel_model.js'),
);
around(ConfirmChannel.prototype, 'publish', (args) => {
  at('before publish');
  const confirm = args[4];
  args[4] = (...answer) => {
    at('confirm');
    confirm(...answer);
  };
  // Written out when the event loop next turns, so now the broker may have it.
  setImmediate(() => at('after publish'));
});

// What the worker does with a message.
around(Channel.prototype, 'handleDelivery', () => at('deliver'));
around(
  Channel.prototype,
  'ack',
  () => at('before ack'),
  () => setImmediate(() => at('after ack')),
);

around(
  pg.Client.prototype,
  'query',
  ([query]) => {
    const text = typeof query === 'string' ? query : query.text;
    if (text.startsWith('copy')) at('copy');
    if (text.includes('with stored')) at('insert');
    if (text === 'commit') {
      at('before commit');
      // The server has been asked, its answer is not here yet.
      setImmediate(() => at('during commit'));
    }
  },
  ([query]) => query === 'commit' && at('after commit'),
);

around(
  PGlite.prototype,
  'transaction',
  () => at('embedded before'),
  () => at('embedded after'),
);
