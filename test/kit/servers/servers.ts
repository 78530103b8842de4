import { afterTest } from '../after-test.ts';
import { startPrivatePostgres, type PrivatePostgres } from './private-postgres.mjs';
import { startPrivateRabbit, type PrivateRabbit } from './private-rabbitmq.mjs';

export type { PrivatePostgres, PrivateRabbit };

/** A PostgreSQL server that ends with the test, or the file. */
export function startPostgres(): PrivatePostgres {
  const server = startPrivatePostgres();
  afterTest(() => server.remove());
  return server;
}

/** A RabbitMQ node that ends with the test, or the file. */
export async function startRabbit(): Promise<PrivateRabbit> {
  const server = await startPrivateRabbit();
  afterTest(() => server.remove());
  return server;
}
