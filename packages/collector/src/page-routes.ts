import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';

/** Addresses of the page's views; what is shown there is up to its script. */
const views = ['/', '/issues/:id', '/logs', '/traces/:id'];

/**
 * Nothing runs that does not come from here as a file: a log message that became markup after all could still not
 * do anything.
 */
const headers: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self'; " +
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
};

/** The page, which reads everything it shows through the API, and so holds nothing that needs a token itself. */
export async function addPageRoutes(app: FastifyInstance): Promise<void> {
  // Found through the package itself, because sources and build lie at different depths below it.
  const packageFile = createRequire(import.meta.url).resolve('@tracehub/collector/package.json');
  await app.register(fastifyStatic, {
    root: join(dirname(packageFile), 'dist', 'page'),
    prefix: '/page/',
    index: false,
    setHeaders: (response) => {
      for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
      // Asked for again every time, and answered with 304 as long as it is the same.
      response.setHeader('cache-control', 'no-cache');
    },
  });
  for (const view of views) {
    app.get(view, (_request, reply) => reply.sendFile('index.html'));
  }
}
