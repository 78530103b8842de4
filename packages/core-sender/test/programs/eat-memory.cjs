// Loaded into a worker: when it is told anything, it takes memory until there is none.
'use strict';
const { isMainThread, parentPort } = require('node:worker_threads');

if (!isMainThread) {
  parentPort.on('message', (message) => {
    const eaten = [];
    while (message === 'eat') eaten.push(Array.from({ length: 10_000 }, () => ({})));
  });
}
