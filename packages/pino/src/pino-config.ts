import type { MessagePort } from 'node:worker_threads';

/** What of pino's set-up decides how its lines are to be read. */
export interface PinoConfig {
  /** Numbers of the level names. */
  levels: Readonly<Record<string, number>>;
  messageKey: string;
  errorKey: string;
}

/** A pino that is told nothing. */
export const PINO_DEFAULTS: PinoConfig = {
  levels: { trace: 10, debug: 20, info: 30, warn: 40, error: 50, fatal: 60 },
  messageKey: 'msg',
  errorKey: 'err',
};

/** The config in a message of pino to its destination; undefined if it is another message. */
export function messageToConfig(message: unknown): PinoConfig | undefined {
  if (!isObject(message) || message['code'] !== 'PINO_CONFIG' || !isObject(message['config']))
    return undefined;
  const { levels, messageKey, errorKey } = message['config'];
  const numbers = isObject(levels) && isObject(levels['values']) ? Object.entries(levels['values']) : [];
  return {
    levels:
      numbers.length === 0
        ? PINO_DEFAULTS.levels
        : Object.fromEntries(numbers.filter((pair): pair is [string, number] => typeof pair[1] === 'number')),
    messageKey: typeof messageKey === 'string' ? messageKey : PINO_DEFAULTS.messageKey,
    errorKey: typeof errorKey === 'string' ? errorKey : PINO_DEFAULTS.errorKey,
  };
}

/**
 * pino posts its config as it is made, most often before the worker runs; so this is never waited for in full but
 * where no pino is made of the transport, or where another target opened the port first and the message is gone.
 */
const WAIT_MS = 1_000;

/**
 * Calls `apply` with pino's config whenever it comes; resolves with the first one, or with undefined after a second.
 * pino-abstract-transport's own `expectPinoConfig` waits without end (a transport without a logger then keeps the
 * process alive for good) and emits `error` where pino does not announce a config: both would hurt the app.
 */
export function receiveConfig(
  port: MessagePort,
  apply: (config: PinoConfig) => void,
  wait: number = WAIT_MS,
): Promise<PinoConfig | undefined> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, wait, undefined);
    port.on('message', (message: unknown) => {
      const config = messageToConfig(message);
      if (!config) return;
      clearTimeout(timer);
      apply(config);
      resolve(config);
    });
  });
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
