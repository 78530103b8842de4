/** A RabbitMQ node of its own: what is done to it hurts nobody else. */
export interface PrivateRabbit {
  /** URL of a vhost that nobody has used. */
  nextUrl(): string;
  start(): Promise<void>;
  /** Shuts down in order. */
  stop(): Promise<void>;
  /** Ends it without warning. */
  kill(): Promise<void>;
  /** Lets it stand still, its connections open. */
  pause(): void;
  resume(): void;
  /** What `rabbitmqctl` prints. */
  control(...args: string[]): Promise<string>;
  /** Ends it for good, with all its files. */
  remove(): Promise<void>;
}

/** Starts one in a temporary directory, on loopback. */
export function startPrivateRabbit(): Promise<PrivateRabbit>;
