import { connect, type Channel, type ChannelModel, type RecoveringChannelModel } from 'amqplib';
import type { Warnings } from '../warnings.ts';
import { QueueError } from './queue.ts';
import { within } from './within.ts';

/** Seconds between heartbeats: a broker that is frozen or cut off is noticed after two to three of them. */
const heartbeat = 10;

/** Longest wait between two attempts to connect, and for one of them; ms. */
const maxReconnectDelay = 5000;
const connectTimeout = 10_000;

/** The broker to use, and how. */
export interface RabbitSettings {
  url: string;
  warnings: Warnings;
  /** Deliveries after which a message goes to the dead letters. */
  maxDeliveries: number;
  /** Before a message that could not be stored is given back, ms: it comes again at once. */
  returnDelay: number;
}

/**
 * One connection to the broker with one channel, which come back by themselves (amqplib's recovery). `makeChannel`
 * is called on every new connection; what it declares and consumes is thereby made anew.
 */
export class RabbitLink<C extends Channel> {
  readonly #connection: RecoveringChannelModel;
  readonly #warnings: Warnings;
  #channel: C | undefined;
  #blocked: string | undefined;
  #why: string | undefined;
  #closing = false;

  private constructor(connection: RecoveringChannelModel, warnings: Warnings) {
    this.#connection = connection;
    this.#warnings = warnings;
  }

  /** Starts to connect, and resolves without waiting for it. */
  static async open<C extends Channel>(
    { url, warnings }: RabbitSettings,
    makeChannel: (model: ChannelModel) => Promise<C>,
  ): Promise<RabbitLink<C>> {
    // The link is needed before the first connection, which is not made before the next turn of the event loop.
    // oxlint-disable-next-line prefer-const
    let link: RabbitLink<C>;
    const connection = await connect(withHeartbeat(url), {
      timeout: connectTimeout,
      keepAlive: true,
      noDelay: true,
      recovery: {
        maxDelay: maxReconnectDelay,
        waitForConnect: false,
        setup: async (model: ChannelModel) => {
          // What breaks off before the channel is there is tried again; unheard it would end the process.
          model.on('error', () => {});
          link.#adopt(model, await makeChannel(model));
        },
      },
    });
    link = new RabbitLink<C>(connection, warnings);
    link.#watch();
    return link;
  }

  /** The channel. Throws when there is none at the moment, or the broker takes nothing in. */
  get channel(): C {
    if (this.#channel === undefined) throw this.#unreachable();
    if (this.#blocked !== undefined) throw new QueueError(`the broker takes nothing in: ${this.#blocked}`);
    return this.#channel;
  }

  /** Resolves when the broker was there for the first time; rejects with a `QueueError` when it is not within seconds. */
  async waitForConnect(): Promise<void> {
    try {
      await within(connectTimeout, this.#connection.waitForConnect(), 'in time');
    } catch {
      throw this.#unreachable();
    }
  }

  async close(): Promise<void> {
    this.#closing = true;
    await this.#connection.close();
  }

  #watch(): void {
    this.#connection.on('disconnect', (error) => {
      this.#channel = undefined;
      this.#warn('lost', error);
    });
    this.#connection.on('connect-failed', (error) => this.#warn('not reached', error));
    this.#connection.on('blocked', (reason) => (this.#blocked = reason));
    this.#connection.on('unblocked', () => (this.#blocked = undefined));
    // Followed by "disconnect", which is what is acted upon.
    this.#connection.on('error', () => {});
  }

  /** A channel that was closed alone, as by an error of its own, takes its connection along, which then is made anew. */
  #adopt(model: ChannelModel, channel: C): void {
    channel.on('error', (error) => this.#warn('at odds with us', error));
    channel.on('close', () => {
      if (this.#channel === channel) this.#channel = undefined;
      if (!this.#closing) model.close().catch(() => {});
    });
    this.#channel = channel;
    this.#blocked = undefined;
  }

  #unreachable(): QueueError {
    return new QueueError(`the broker cannot be reached${this.#why === undefined ? '' : `: ${this.#why}`}`);
  }

  #warn(what: string, error: Error): void {
    this.#why = error.message;
    this.#warnings.say('broker', `the broker was ${what}: ${error.message}`);
  }
}

function withHeartbeat(url: string): string {
  const parsed = new URL(url);
  if (!parsed.searchParams.has('heartbeat')) parsed.searchParams.set('heartbeat', String(heartbeat));
  return parsed.href;
}
