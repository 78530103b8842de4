import fs from 'node:fs';
import { join } from 'node:path';

/** Dead letters of an earlier process: two sealed segments, one still open and one still claimed, owners dead. */
async function leaveDeadLetters({ server, id, log, make, dlqPath }) {
  server.set(id, 'down');
  for (let segment = 0; segment < 4; segment++) {
    const sender = make({ closeTimeout: 0 });
    log(sender, 'earlier', 30);
    await sender.close();
  }
  for (const destination of fs.readdirSync(dlqPath)) {
    const directory = join(dlqPath, destination);
    const [, , open, claimed] = fs.readdirSync(directory).filter((file) => file.endsWith('.seg'));
    fs.renameSync(join(directory, open), join(directory, `${open.split('-').slice(0, 2).join('-')}.open`));
    fs.renameSync(join(directory, claimed), join(directory, `${claimed}.00dead00`));
  }
}

/** What a process does; each is swept on its own. `isOpenAtEnd: false`: it takes no further
 * entries. `isUnique`: no entry may come twice. */
export const FLOWS = {
  append: {
    isUnique: true,
    async run({ server, id, sender, log, check, sleep, until }) {
      server.set(id, 'down');
      for (let i = 0; i < 3; i++) {
        log(sender, 'now', 20);
        await until(() => sender.stats().pending === 0, 60);
        check();
        await sleep(5);
      }
    },
  },

  spill: {
    options: { overflow: 'spill', maxBuffer: 10 },
    async run({ server, id, sender, log, check, sleep }) {
      server.set(id, 'down');
      for (let i = 0; i < 3; i++) {
        log(sender, 'now', 35);
        check();
        await sleep(5);
      }
    },
  },

  exit: {
    isOpenAtEnd: false,
    async run({ server, id, sender, log, check, sleep }) {
      server.set(id, 'down');
      log(sender, 'now', 30);
      await sleep(10);
      log(sender, 'now', 30);
      sender.spill();
      check();
      log(sender, 'now', 2);
      check();
    },
  },

  exitInFlight: {
    isOpenAtEnd: false,
    async run({ server, id, sender, log, check, sleep, until }) {
      server.set(id, 'up');
      log(sender, 'now', 20);
      await until(() => sender.stats().requests > 0, 60);
      sender.spill();
      check();
      // Answers that are under way change nothing any more.
      await sleep(20);
      check();
    },
  },

  replay: {
    prepare: leaveDeadLetters,
    async run({ server, id, sender, check, until, sleep }) {
      // Breaks off in the middle of the first segment, and begins anew.
      server.set(id, 'up', 2);
      await sleep(40);
      check();
      server.set(id, 'up');
      await until(() => sender.stats().replayed >= 120, 200);
      check();
    },
  },

  ownReplay: {
    async run({ server, id, sender, log, check, until }) {
      server.set(id, 'down');
      log(sender, 'now', 40);
      await until(() => sender.stats().pending === 0, 400);
      check();
      server.set(id, 'up');
      await until(() => sender.stats().delivered >= 40, 400);
      check();
      log(sender, 'now', 20);
    },
  },

  durable: {
    options: { durable: true },
    async run({ server, id, sender, log, check, sleep, until }) {
      server.set(id, 'up');
      log(sender, 'now', 25);
      await until(() => sender.stats().pending === 0, 60);
      check();
      log(sender, 'now', 25);
      await sleep(5);
      server.set(id, 'down');
      log(sender, 'now', 25);
      await until(() => sender.stats().pending === 0, 60);
      check();
      server.set(id, 'up');
      await until(() => sender.stats().delivered >= 75, 100);
      check();
    },
  },

  durableExit: {
    options: { durable: true },
    isOpenAtEnd: false,
    async run({ server, id, sender, log, check, sleep }) {
      server.set(id, 'up');
      log(sender, 'now', 20);
      await sleep(20);
      server.set(id, 'down');
      log(sender, 'now', 20);
      await sleep(2);
      log(sender, 'now', 20);
      sender.spill();
      check();
      // Answers that are under way change nothing any more.
      await sleep(20);
      check();
    },
  },

  reject: {
    async run({ server, id, sender, log, check, until }) {
      server.set(id, 'poison');
      log(sender, 'now', 40);
      await until(() => sender.stats().pending === 0, 150);
      check();
    },
  },
};

FLOWS.durableInTheCall = { ...FLOWS.durable, options: { durable: true, durableInterval: 0 } };
FLOWS.durableExitInTheCall = { ...FLOWS.durableExit, options: { durable: true, durableInterval: 0 } };
