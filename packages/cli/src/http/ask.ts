import { EnvHttpProxyAgent, request } from 'undici';
import { within } from './open-socket.ts';

/** What came back, as much as tells who answered. */
export interface HttpAnswer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  /** The beginning of the body. */
  body: string;
  /** From the first byte sent to the last byte read. */
  ms: number;
  /** Epoch ms halfway between asking and the answer. */
  at: number;
}

interface Request {
  method?: 'GET' | 'POST';
  body?: Buffer | string;
  headers?: Record<string, string>;
  timeout: number;
}

const MAX_BODY_BYTES = 64 * 1024;

/** One request over the route the sender takes; redirects are not followed. Rejects with the failure. */
export async function ask(
  url: string | URL,
  { method = 'POST', body, headers, timeout }: Request,
): Promise<HttpAnswer> {
  const dispatcher = new EnvHttpProxyAgent({
    connect: { timeout },
    headersTimeout: timeout,
    bodyTimeout: timeout,
  });
  const start = performance.now();
  const startedAt = Date.now();
  try {
    const answered = request(url, {
      method,
      dispatcher,
      ...(body === undefined ? {} : { body }),
      headers: { 'user-agent': 'tracehub-cli', ...headers },
    }).then(async (response) => ({ response, text: await readStart(response.body) }));
    const { response, text } = await within(
      timeout,
      answered,
      () => void dispatcher.destroy().catch(() => {}),
    );
    const ms = performance.now() - start;
    return {
      status: response.statusCode,
      headers: response.headers,
      body: text,
      ms: Math.round(ms),
      at: startedAt + ms / 2,
    };
  } finally {
    await dispatcher.destroy().catch(() => {});
  }
}

async function readStart(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of body) {
      chunks.push(chunk);
      size += chunk.length;
      if (size >= MAX_BODY_BYTES) break;
    }
  } catch {
    // What came before it broke off is still worth a look.
  }
  return Buffer.concat(chunks).toString('utf8').slice(0, MAX_BODY_BYTES);
}

/** A header's first value. */
export function headerOf({ headers }: HttpAnswer, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}

/** The body as JSON; undefined if it is none. */
export function jsonOf({ body }: HttpAnswer): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

/** The title of a page, or that it is one; undefined for what is no HTML. */
export function pageOf({ body }: HttpAnswer): string | undefined {
  if (!/^\s*<(?:!doctype|html|head|body|\?xml)/i.test(body)) return undefined;
  const title = /<title[^>]*>([^<]{1,80})/i.exec(body)?.[1]?.trim();
  return title ? `a web page ("${title}")` : 'a web page';
}
