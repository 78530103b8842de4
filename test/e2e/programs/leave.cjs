'use strict';

/** Ends the program; the exit codes are told apart by the test. */
module.exports = function leave(way, close) {
  switch (way) {
    case 'close':
      process.exitCode = 3;
      return void close();
    case 'natural end':
      process.exitCode = 4;
      return;
    case 'process.exit':
      return process.exit(5);
    case 'uncaught exception':
      throw new Error('the end');
  }
};
