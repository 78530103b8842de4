'use strict';
const { writeSync } = require('node:fs');

/** Says when it leaves and ends the program; the exit codes are told apart by the test. */
module.exports = function leave(way, close) {
  const say = () => writeSync(1, `leaving ${Date.now()}\n`);
  if (way !== 'process.exit later') say();
  switch (way) {
    case 'close':
      process.exitCode = 3;
      return void close();
    case 'natural end':
      process.exitCode = 4;
      return;
    case 'process.exit':
      return process.exit(5);
    case 'process.exit later':
      return void setTimeout(() => {
        say();
        process.exit(6);
      }, 100);
    case 'uncaught exception':
      throw new Error('the end');
    case 'unhandled rejection':
      return void Promise.reject(new Error('the end'));
  }
};
