const core = (path) => `core-sender/src/${path}.ts`;
const lane = (project, file, name) => ({ project, file, name });
/** A flow of the fault sweep. */
const sweep = (flow) => lane('crash', 'test/crash/fault-sweep', `${flow} loses`);

/** A case that both databases, or both queues, of the collector have to pass. */
const collectorLane = (file, name) => lane('collector', `test/collector/${file}`, name);

/** Each with the source it is planted in, what is replaced there, and the test that must turn red. */
export const BUGS = [
  {
    bug: 'an entry is called durable before it is written',
    source: core('dead-letters/durable-log'),
    replacements: [['(entry) => !entry.place && entry.isSettled !== true', '() => false']],
    lane: lane('crash', 'test/crash/random-kill', 'with the default interval'),
  },
  {
    bug: 'a dead letter is counted before it is on disk',
    source: core('send/live-batches'),
    replacements: [
      [
        "const result = (await queue?.append(pending)) ?? 'dlq-error';",
        "ledger.settle(pending, 'deadLettered'); const result = (await queue?.append(pending)) ?? 'dlq-error';",
      ],
    ],
    lane: sweep('append'),
  },
  {
    bug: 'a failed append is not cut back',
    source: core('dead-letters/segment-writer'),
    replacements: [['await promisify(fs.ftruncate)(this.#fd, this.#bytes).catch(() => {});', '']],
    lane: sweep('append'),
  },
  {
    bug: 'a segment is sealed without fsync',
    source: core('dead-letters/segment-writer'),
    replacements: [['fs.fsyncSync(this.#fd);', '']],
    lane: lane('crash', 'test/crash/forgetful-disk'),
  },
  {
    bug: 'the ring is off by one',
    source: core('buffer/ring-buffer'),
    replacements: [
      ['const place = this.#head + this.#length;', 'const place = this.#head + this.#length + 1;'],
    ],
    lane: lane('model', 'test/model/ring-buffer'),
  },
  {
    bug: 'the ring leaves a block one entry early',
    source: core('buffer/ring-buffer'),
    replacements: [['this.#head === BLOCK_SLOTS)', 'this.#head === BLOCK_SLOTS - 1)']],
    lane: lane('unit', 'packages/core-sender/test/ring-buffer', 'does what a list does'),
  },
  {
    bug: 'the age of a batch starts anew with each entry',
    source: core('batch/batch-worker'),
    replacements: [
      ['(this.#timer && this.#sink.isOpen && !this.#isLarge)', 'false'],
      ['this.#timer === undefined || this.#ring.length === this.#triggers.batchSize', 'true'],
      ['this.#triggers.flushInterval - this.#ageOf(oldest);', 'this.#triggers.flushInterval;'],
    ],
    lane: lane('model', 'test/model/batch-worker'),
  },
  {
    bug: 'a mark makes a claim anew that another process has taken',
    source: core('dead-letters/segment-claim'),
    replacements: [['{ flag: APPEND }', '{}']],
    lane: lane('unit', 'packages/core-sender/test/dead-letter-sharing', 'marks nothing in a claim'),
  },
  {
    bug: 'durable entries go into a segment that another process has',
    source: core('dead-letters/durable-log'),
    replacements: [['if (!this.#directory.holdsSync(segment.writer)) return this.#lose(segment);', '']],
    lane: lane(
      'unit',
      'packages/core-sender/test/durable-log',
      'is written to no more before the call returns',
    ),
  },
  {
    bug: 'the cap is not looked at again',
    source: core('dead-letters/segment-directory'),
    replacements: [
      ['    await this.scan();\n    return SegmentWriter.open', '    return SegmentWriter.open'],
    ],
    lane: lane('unit', 'packages/core-sender/test/dead-letter-cap', 'is over what others write'),
  },
  {
    bug: 'a batch leaves for its size at once',
    source: core('batch/batch-worker'),
    replacements: [['this.#clock.now() >= this.#nextBySize', 'true']],
    lane: lane('model', 'test/model/batch-worker'),
  },
  {
    bug: 'a batch that has grown large waits for its age',
    source: core('batch/batch-worker'),
    replacements: [[' || this.#ring.length === this.#triggers.batchSize', '']],
    lane: lane('model', 'test/model/batch-worker'),
  },
  {
    bug: 'replayed letters are counted twice',
    source: core('report/ledger'),
    replacements: [
      [
        'this.#deadLettered -= count;\n    this.#delivered += count;',
        'this.#deadLettered -= count;\n    this.#delivered += count * 2;',
      ],
    ],
    lane: lane('model', 'test/model/sender'),
  },
  {
    bug: 'an entry that has ended is settled again',
    source: core('report/ledger'),
    replacements: [['entries.filter((entry) => entry.isSettled !== true)', '[...entries]']],
    lane: sweep('exitInFlight'),
  },
  {
    bug: 'the second half of a halved batch is lost',
    source: core('send/isolation'),
    replacements: [
      [
        'isolation.parts.push(entries.slice(0, middle), entries.slice(middle));',
        'isolation.parts.push(entries.slice(0, middle));',
      ],
    ],
    lane: lane('faults', 'test/faults/isolation', 'above'),
  },
  {
    bug: 'Retry-After is ignored',
    source: core('send/backoff'),
    replacements: [
      [
        'if (header === undefined) return undefined;',
        'if (header === undefined || wallNow > 0) return undefined;',
      ],
    ],
    lane: lane('faults', 'test/faults/retry-after', 'no request comes early'),
  },
  {
    bug: 'the body of an answer is not read',
    source: core('send/http-exchange'),
    replacements: [["Buffer.concat(this.#chunks).toString('utf8')", 'undefined']],
    lane: lane('unit', 'packages/core-sender/test/http-transport', 'carries status'),
  },
  {
    bug: 'an attempt has no deadline of its own',
    source: core('send/http-transport'),
    replacements: [
      [
        'this.#clock.schedule(timeout, () => setImmediate(expire))',
        'this.#clock.schedule(timeout * 100, () => setImmediate(expire))',
      ],
    ],
    lane: lane('faults', 'test/faults/slow-server', 'one deadline'),
  },
  {
    bug: 'durations are taken from the wall clock',
    source: core('clock'),
    replacements: [['now: () => performance.now(),', 'now: () => Date.now(),']],
    lane: lane('crash', 'test/crash/runtime', 'clock'),
  },
  {
    bug: 'errors of a batch are not sorted by issue',
    source: core('batch/batch'),
    replacements: [['[...plain, ...issues.toSorted(byIssueKey)]', '[...plain, ...issues]']],
    lane: lane('unit', 'packages/core-sender/test/batch.test.ts'),
  },
  {
    bug: 'a done mark reaches beyond its entries',
    source: core('dead-letters/durable-segment'),
    replacements: [['doneLine(from, to)', 'doneLine(from, to + 20_000)']],
    lane: lane('crash', 'test/crash/random-kill', 'stops answering first'),
  },
  {
    bug: 'a segment is deleted before it is delivered',
    source: core('dead-letters/segment-claim'),
    replacements: [
      [
        "if (decoded.kind === 'segment') return new SegmentClaim(",
        "if (decoded.kind === 'segment') await fs.promises.unlink(path); if (decoded.kind === 'segment') return new SegmentClaim(",
      ],
    ],
    lane: lane('crash', 'test/crash/crash-points', 'claim-progress'),
  },
  {
    bug: 'a segment is not claimed by renaming',
    source: core('dead-letters/segment-name'),
    replacements: [['return `${sealed}.${claimer}`;', 'void claimer; return sealed;']],
    lane: lane('crash', 'test/crash/crash-points', 'claim-rename'),
  },
  {
    bug: 'what is in flight is not spilled at exit',
    source: core('sender'),
    replacements: [['[...this.#worker.inFlight(), ...this.#ring.takeAll()]', '[...this.#ring.takeAll()]']],
    lane: lane('crash', 'test/crash/exits', 'server hangs'),
  },
  {
    bug: 'what waits is not spilled at exit',
    source: core('sender'),
    replacements: [['[...this.#worker.inFlight(), ...this.#ring.takeAll()]', '[...this.#worker.inFlight()]']],
    lane: lane('crash', 'test/crash/exits', 'server answers'),
  },
  {
    bug: 'what the dead left is not taken over',
    source: core('dead-letters/segment-catalog'),
    replacements: [['await isOwnerDead(this.#directory, name.holder)', 'false']],
    lane: lane('crash', 'test/crash/sharing', 'killed beside each other'),
  },
  {
    bug: 'no lease is written',
    source: core('dead-letters/lease'),
    replacements: [
      ['await fs.promises.writeFile(this.path, contentText(), { mode: 0o600 });', 'void contentText();'],
      ['fs.writeFileSync(this.path, contentText(), { mode: 0o600 });', 'void contentText();'],
    ],
    lane: lane('crash', 'test/crash/sharing', 'open segments of one that lives'),
  },
  {
    bug: 'a checksum is not compared',
    source: core('dead-letters/segment-format'),
    replacements: [['line.slice(start, start + 8) === checksum(text) ? text', 'text.length > 20 ? text']],
    lane: lane('crash', 'test/crash/damage', 'a damaged segment'),
  },
  {
    bug: 'a damaged segment is deleted',
    source: core('dead-letters/segment-claim'),
    replacements: [
      [
        'await fs.promises.rename(path, join(quarantine, file));',
        'void file; await fs.promises.unlink(path);',
      ],
    ],
    lane: lane('crash', 'test/crash/damage', 'a damaged segment'),
  },
  {
    bug: 'a segment of another user closes the whole directory',
    source: core('dead-letters/segment-claim'),
    replacements: [
      ["const TRANSIENT = new Set(['EMFILE',", "const TRANSIENT = new Set(['EACCES', 'EMFILE',"],
    ],
    lane: lane('unit', 'packages/core-sender/test/dead-letter-damage', "another user's segment"),
  },
  {
    bug: 'redaction finds no cause that pino has folded away',
    source: core('entry/plain-error'),
    replacements: [
      ['const error = unfoldCauses(given);', 'const error = given; void unfoldCauses;'],
      ['mayHoldFolded(text) ?', 'mayHoldFolded(text) && text === "" ?'],
    ],
    lane: lane('e2e', 'test/e2e/redact.test.ts', 'is lost with its text in all columns: pino in process'),
  },
  {
    bug: 'a fleet tries again without jitter',
    source: core('send/backoff'),
    replacements: [['Math.floor(random() * ', 'Math.floor((random() > 1 ? 0 : 1) * ']],
    lane: lane('simulation', 'test/simulation', 'during a minute of refused'),
  },
  {
    bug: 'a fleet does not heed the gate',
    source: core('send/gate'),
    replacements: [
      ['return this.#open;', 'return !this.#stopped;'],
      ['if (this.#open) return Promise.resolve(true);', 'if (!this.#stopped) return Promise.resolve(true);'],
    ],
    lane: lane('simulation', 'test/simulation', 'is asked by each'),
  },
  {
    bug: 'a fleet returns the moment a Retry-After is over',
    source: core('send/gate'),
    replacements: [
      [
        'asked + backoffMs(this.#failures, this.#random, asked)',
        'asked || backoffMs(this.#failures, this.#random)',
      ],
    ],
    lane: lane('simulation', 'test/simulation', 'during a minute of 503 with'),
  },
  {
    bug: 'a fleet returns half a second after a Retry-After',
    source: core('send/gate'),
    replacements: [
      ['backoffMs(this.#failures, this.#random, asked)', 'backoffMs(this.#failures, this.#random)'],
    ],
    lane: lane('simulation', 'test/simulation', 'during a minute of 503 with'),
  },
  {
    bug: 'a fleet replays without waiting its turn',
    source: core('dead-letters/segment-replay'),
    replacements: [['await this.#sink.turn();', 'await Promise.resolve();']],
    lane: lane('simulation', 'test/simulation', 'a replay lets three'),
  },
  {
    bug: 'the collector stores a batch sent again twice',
    source: 'collector/sql/010_indexes_for_reading.sql',
    replacements: [['create unique index logs_once', 'create index logs_once']],
    lane: lane('unit', 'packages/collector/test/storing'),
  },
  {
    bug: 'the collector counts a batch sent again for its issues',
    source: 'collector/src/store/store-statement.ts',
    replacements: [
      ['from stored\n  where fingerprint is not null', 'from incoming\n  where fingerprint is not null'],
    ],
    lane: collectorLane('store.test', 'however often it comes'),
  },
  {
    bug: 'the collector acknowledges before it has stored',
    source: 'collector/src/queue/rabbit-consumer.ts',
    replacements: [
      [
        'await this.#store(group.map(({ batch }) => batch));\n      for (const { channel, message } of group) attempt(() => channel.ack(message));',
        'for (const { channel, message } of group) attempt(() => channel.ack(message));\n      await this.#store(group.map(({ batch }) => batch));',
      ],
    ],
    lane: collectorLane('queue.test', 'RabbitMQ loses nothing when storing fails'),
  },
  {
    bug: 'the collector does not wait for the confirm of the broker',
    source: 'collector/src/queue/rabbit-publisher.ts',
    replacements: [
      [
        "await within(answerTimeout, confirmed, 'the broker did not confirm in time');",
        "void within(answerTimeout, confirmed, 'the broker did not confirm in time').catch(() => {});",
      ],
    ],
    lane: collectorLane('queue.test', 'does not believe a confirm'),
  },
  {
    bug: 'the collector locks issues in any order',
    source: 'collector/src/store/store-statement.ts',
    replacements: [['order by project_id, fingerprint\n  on conflict', 'order by random()\n  on conflict']],
    lane: collectorLane('store.test', 'PostgreSQL lets no two writers deadlock'),
  },
  {
    bug: 'the collector moves first_seen forward',
    source: 'collector/src/store/store-statement.ts',
    replacements: [
      ['first_seen = least(issues.first_seen, excluded.first_seen)', 'first_seen = excluded.first_seen'],
    ],
    lane: collectorLane('store.test', 'outwards only'),
  },
  {
    bug: 'the collector stores a group whole or not at all',
    source: 'collector/src/store/log-store.ts',
    replacements: [["if (judge(error) !== 'rows') throw error;", 'if (group.length > 0) throw error;']],
    lane: collectorLane('store.test', 'stores the neighbours'),
  },
  {
    bug: 'the collector shows entries of other projects',
    source: 'collector/src/read/where.ts',
    replacements: [["where.and('project_id = ?', project);", "where.and('? > 0', project);"]],
    lane: collectorLane('reading.test', 'of its own project'),
  },
  {
    bug: "the collector's page shows a message as markup",
    source: 'collector/page/src/log-list.tsx',
    replacements: [
      [
        "{log.message || log.error_message || '(no message)'}",
        '<i dangerouslySetInnerHTML={{ __html: log.message }} />',
      ],
    ],
    lane: lane('page', 'test/page/page.test.ts', 'is shown as it is'),
  },
];
