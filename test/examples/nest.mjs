import 'reflect-metadata';
import { setTimeout as sleep } from 'node:timers/promises';
import { Controller, Get, Module, Param } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TraceHubModule } from '@tracehub/middleware/nest';
import { TraceHubTransport } from '@tracehub/winston';
import winston from 'winston';

const logger = winston.createLogger({
  transports: [
    new TraceHubTransport({
      apiKey: process.env.TRACEHUB_API_KEY,
      endpoint: process.env.TRACEHUB_ENDPOINT ?? 'http://127.0.0.1:4319',
      service: 'shop',
      environment: 'production',
      closeOnSignal: ['SIGTERM', 'SIGINT'],
    }),
  ],
});

class OrdersController {
  async read(id) {
    await sleep(10);
    if (id === '13') throw new Error('out of stock');
    logger.info('order read', { order: id });
    return { id };
  }
}
// JavaScript has no decorators: in TypeScript write @Controller('orders'), @Get(':id') and @Param('id').
Controller('orders')(OrdersController);
Get(':id')(
  OrdersController.prototype,
  'read',
  Reflect.getOwnPropertyDescriptor(OrdersController.prototype, 'read'),
);
Param('id')(OrdersController.prototype, 'read', 0);

class AppModule {}
Module({
  imports: [
    TraceHubModule.forRoot({
      ignore: '/health',
      log: ({ level, message, fields, error }) => logger.log(level, message, { ...fields, error }),
    }),
  ],
  controllers: [OrdersController],
})(AppModule);

const app = await NestFactory.create(AppModule);
await app.listen(Number(process.env.PORT ?? 0), '127.0.0.1');
console.log(`listening on ${await app.getUrl()}`);
