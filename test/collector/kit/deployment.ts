import { closedPort } from '../../kit/closed-port.ts';
import { supervise, type Supervised } from './supervised.ts';

/** A collector scaled out, or in one process where there is no broker. */
export interface Deployment {
  url: string;
  api: Supervised;
  workers: Supervised[];
}

interface Crashes {
  workers?: number;
  apiPoints?: readonly string[];
  workerPoints?: readonly string[];
}

/** Starts one API and workers beside it. Each may be given the points at which its lives end. */
export async function deploy(
  databaseUrl: string,
  amqpUrl: string,
  { workers = 1, apiPoints = [], workerPoints = [] }: Crashes = {},
): Promise<Deployment> {
  const both = ['--database-url', databaseUrl, '--amqp-url', amqpUrl];
  // A fixed port, since a sender must find the API again after it died.
  const port = String(await closedPort());
  const api = supervise(['--role', 'api', '--port', port, ...both], apiPoints);
  const started = Array.from({ length: workers }, () =>
    supervise(['--role', 'worker', '--port', '0', ...both], workerPoints),
  );
  for (const process of [api, ...started]) await process.url();
  return { url: `http://127.0.0.1:${port}`, api, workers: started };
}
