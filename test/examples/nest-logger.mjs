import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TraceHubTransport } from '@tracehub/winston';
import winston from 'winston';

const transport = new TraceHubTransport({
  apiKey: process.env.TRACEHUB_API_KEY,
  endpoint: process.env.TRACEHUB_ENDPOINT ?? 'http://127.0.0.1:4319',
  service: 'shop',
  environment: 'production',
});
const logger = winston.createLogger({ transports: [transport] });

// Nest says last which part of it speaks.
const at =
  (level) =>
  (message, ...details) =>
    logger.log(level, message, { module: details.at(-1) });

class AppModule {
  // After the last request, where enableShutdownHooks is on.
  async onApplicationShutdown(signal) {
    logger.info('stopped', { signal });
    await transport.close();
  }
}
Module({})(AppModule);

const app = await NestFactory.create(AppModule, {
  logger: {
    fatal: at('error'),
    error: at('error'),
    warn: at('warn'),
    log: at('info'),
    debug: at('debug'),
    verbose: at('verbose'),
  },
});
app.enableShutdownHooks();
await app.listen(Number(process.env.PORT ?? 0), '127.0.0.1');
console.log(`listening on ${await app.getUrl()}`);
