import winston from 'winston';
import { winstonOn } from './loggers.mjs';
import { Shipper } from './shipper.mjs';

const MESSAGE = Symbol.for('message');

class Ship extends winston.Transport {
  constructor(shipper) {
    super();
    this.shipper = shipper;
  }

  log(info, done) {
    this.shipper.add(info[MESSAGE]);
    done();
  }
}

export function open({ endpoint, options }) {
  const shipper = new Shipper(endpoint, options);
  return { ...winstonOn(new Ship(shipper)), close: () => shipper.close() };
}
