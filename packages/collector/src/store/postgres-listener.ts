import { setTimeout } from 'node:timers/promises';
import type { Client } from 'pg';

/** Between two attempts to get a lost connection back; ms. */
const retryDelay = 1000;

/** Listens on a connection of its own, since those of a pool come and go. See `Database.listen`. */
export async function listenWith(
  makeClient: () => Client,
  channel: string,
  callback: (payload: string) => void,
): Promise<() => Promise<void>> {
  const stopping = new AbortController();
  let client = await connect();

  async function connect(): Promise<Client> {
    const made = makeClient();
    made.on('notification', ({ payload = '' }) => callback(payload));
    // Said by "end" too, which is what is acted upon.
    made.on('error', () => {});
    try {
      await made.connect();
      await made.query(`listen ${made.escapeIdentifier(channel)}`);
    } catch (error) {
      await made.end().catch(() => {});
      throw error;
    }
    made.once('end', () => void reconnect());
    return made;
  }

  async function reconnect(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        await setTimeout(retryDelay, undefined, { signal: stopping.signal });
        client = await connect();
        if (stopping.signal.aborted) await client.end();
        else callback('');
        return;
      } catch {
        // Not back yet, or no longer wanted: the loop tells.
      }
    }
  }

  return async () => {
    stopping.abort();
    await client.end().catch(() => {});
  };
}
