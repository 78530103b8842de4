// Loaded before everything else in every process and thread of the bench: no peer may phone home.
const { writeSync } = require('node:fs');
const net = require('node:net');

const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|::1|\[::1\])$/;
// eslint-disable-next-line typescript/unbound-method -- called with its own `this` below
const connect = net.Socket.prototype.connect;

net.Socket.prototype.connect = function connectToLoopback(...args) {
  const first = Array.isArray(args[0]) ? args[0][0] : args[0];
  const host = typeof first === 'object' ? first.host : typeof args[1] === 'string' ? args[1] : undefined;
  if (host !== undefined && !LOOPBACK.test(host)) {
    writeSync(2, `bench: refused a connection to ${host}\n`);
    throw new Error(`a subject of the bench tried to reach ${host}`);
  }
  return connect.apply(this, args);
};
