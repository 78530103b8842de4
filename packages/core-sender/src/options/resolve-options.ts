import { homedir } from 'node:os';
import { join } from 'node:path';
import { TraceHubConfigError } from '../errors.ts';
import { checkEndpoint } from './endpoint.ts';
import { DEFAULT_ENDPOINT, type ResolvedOptions, type SenderOptions } from './options.ts';
import {
  type Check,
  isDispatcher,
  key,
  list,
  number,
  oneOf,
  onOff,
  path,
  redaction,
  signals,
  text,
  times,
} from './checks.ts';

/** Something worth saying about the configuration that is no reason to refuse it. */
export interface ConfigWarning {
  code: `TRACEHUB_${string}`;
  message: string;
}

/** Where the value of an option comes from; `variable` is set for the environment. */
export interface OptionSource {
  from: 'explicit' | 'environment' | 'default';
  variable?: string;
}

/** The options as far as they can be made out, and all that is wrong with them. */
export interface OptionsInspection {
  options: ResolvedOptions;
  sources: Record<keyof ResolvedOptions, OptionSource>;
  warnings: ConfigWarning[];
  /** What {@link resolveOptions} throws the first of; the default stands in for a value that cannot be used. */
  problems: TraceHubConfigError[];
}

interface Spec<T> {
  check: Check<T>;
  fallback: T | undefined;
  environment?: readonly string[];
  /** A bad value in the environment is no less a problem than one given: nothing may stand in for it. */
  isStrict?: boolean;
}

type Specs = { [Name in keyof ResolvedOptions]: Spec<NonNullable<ResolvedOptions[Name]>> };

const KiB = 1024;
const MiB = 1024 * KiB;

/** Every option once: how it is checked, its default, and the environment variables that may give it. */
const SPECS: Specs = {
  apiKey: { check: key(), fallback: undefined, environment: ['TRACEHUB_API_KEY'] },
  service: { check: text(), fallback: undefined, environment: ['TRACEHUB_SERVICE', 'OTEL_SERVICE_NAME'] },
  environment: { check: text(), fallback: undefined, environment: ['TRACEHUB_ENVIRONMENT'] },
  // Strict: the default is a public address, and would be sent the key and the logs of whoever mistyped their own.
  endpoint: {
    check: checkEndpoint,
    fallback: DEFAULT_ENDPOINT,
    environment: ['TRACEHUB_ENDPOINT'],
    isStrict: true,
  },
  batchSize: { check: number(1), fallback: 50 },
  maxBatchEntries: { check: number(1), fallback: 1_000 },
  maxBatchBytes: { check: number(KiB), fallback: MiB },
  flushInterval: { check: times(10), fallback: 5_000 },
  maxBuffer: { check: number(1, 10_000_000), fallback: 10_000 },
  maxBufferBytes: { check: number(MiB), fallback: 64 * MiB },
  overflow: { check: oneOf('drop-oldest', 'spill'), fallback: 'drop-oldest' },
  concurrency: { check: number(1, 64), fallback: 2 },
  maxRetries: { check: number(0, 20), fallback: 3 },
  timeout: { check: times(100), fallback: 10_000 },
  compress: { check: onOff(), fallback: true },
  compressionLevel: { check: number(1, 9), fallback: 1 },
  dlqPath: { check: path(), fallback: undefined, environment: ['TRACEHUB_DLQ_PATH'] },
  maxDlqBytes: { check: number(MiB), fallback: 256 * MiB },
  durable: { check: onOff(), fallback: false },
  durableInterval: { check: times(0, 10_000), fallback: 20 },
  idInExtra: { check: onOff(), fallback: false },
  closeTimeout: { check: times(0, 8_000), fallback: 5_000 },
  closeOnSignal: { check: signals(), fallback: false },
  rateLimit: { check: number(1), fallback: undefined },
  redact: { check: redaction(), fallback: undefined },
  level: { check: oneOfLevels, fallback: undefined },
  worker: { check: onOff(), fallback: false },
  enabled: { check: onOff(), fallback: true, environment: ['TRACEHUB_ENABLED'] },
  dispatcher: { check: isDispatcher, fallback: undefined },
};

/** What pino and thread-stream add to the options of a target. */
const FROM_PINO = ['pinoWillSendConfig', '$context', 'levels', 'dedupe'];

/**
 * Checks and completes the options: explicit beats environment beats default.
 *
 * @throws TraceHubConfigError naming option, value and what is allowed.
 */
export function resolveOptions(
  given: SenderOptions,
  environment: NodeJS.ProcessEnv = process.env,
): { options: ResolvedOptions; warnings: ConfigWarning[] } {
  const { options, warnings, problems } = inspectOptions(given, environment);
  if (problems[0]) throw problems[0];
  return { options, warnings };
}

/**
 * The same for those who want to see everything: says where each value comes from, and gathers what is wrong.
 *
 * @throws TraceHubConfigError only where the options are no object.
 */
export function inspectOptions(
  given: SenderOptions,
  environment: NodeJS.ProcessEnv = process.env,
): OptionsInspection {
  if (typeof given !== 'object' || given === null) {
    throw new TraceHubConfigError(
      'options',
      `options must be an object, got ${given === null ? 'null' : typeof given}`,
    );
  }
  const warnings: ConfigWarning[] = [];
  const problems: TraceHubConfigError[] = [];
  warnOfUnknown(given, warnings);

  const resolved: Record<string, unknown> = {};
  const sources: Record<string, OptionSource> = {};
  for (const [name, spec] of Object.entries(SPECS) as [keyof ResolvedOptions, Spec<unknown>][]) {
    const { value, ...source } = resolveOne(name, spec, given[name], environment, warnings, problems);
    resolved[name] = value;
    sources[name] = source;
  }
  const options = resolved as unknown as ResolvedOptions;
  options.dlqPath ??= options.enabled ? defaultDlqPath(warnings) : false;
  if (options.durable && options.dlqPath === false) {
    problems.push(
      new TraceHubConfigError(
        'durable',
        'option durable needs a directory: it cannot be true with dlqPath false',
      ),
    );
  }
  if (options.worker && options.dispatcher) {
    problems.push(
      new TraceHubConfigError(
        'dispatcher',
        'option dispatcher cannot cross to a worker thread: leave out worker',
      ),
    );
  }
  options.batchSize = Math.min(options.batchSize, options.maxBuffer);
  options.apiKey ??= '';
  options.service ??= '';
  options.environment ??= '';
  if (options.enabled) requireIdentity(options, warnings, problems);
  return { options, sources, warnings, problems };
}

function resolveOne(
  name: keyof ResolvedOptions,
  spec: Spec<unknown>,
  explicit: unknown,
  environment: NodeJS.ProcessEnv,
  warnings: ConfigWarning[],
  problems: TraceHubConfigError[],
): OptionSource & { value: unknown } {
  if (explicit !== undefined) {
    const checked = spec.check(explicit);
    if ('value' in checked) return { value: checked.value, from: 'explicit' };
    problems.push(
      new TraceHubConfigError(
        name,
        `option ${name} must be ${checked.allowed}, got ${show(name, 'part' in checked ? checked.part : explicit)}`,
      ),
    );
    return { value: spec.fallback, from: 'default' };
  }
  for (const variable of spec.environment ?? []) {
    const raw = environment[variable];
    if (raw === undefined || raw === '') continue;
    const checked = spec.check(raw);
    if ('value' in checked) return { value: checked.value, from: 'environment', variable };
    const message = `${variable} must be ${checked.allowed}, got ${show(name, raw)}`;
    if (spec.isStrict) problems.push(new TraceHubConfigError(name, message));
    else warnings.push({ code: 'TRACEHUB_ENVIRONMENT', message: `${message}; it is ignored` });
  }
  return { value: spec.fallback, from: 'default' };
}

function requireIdentity(
  options: ResolvedOptions,
  warnings: ConfigWarning[],
  problems: TraceHubConfigError[],
): void {
  for (const name of ['apiKey', 'service', 'environment'] as const) {
    if (options[name] !== '') continue;
    const variables = SPECS[name].environment ?? [];
    problems.push(
      new TraceHubConfigError(name, `option ${name} is required: pass it or set ${list(variables)}`),
    );
  }
  if (options.apiKey !== '' && !options.apiKey.startsWith('th_')) {
    warnings.push({
      code: 'TRACEHUB_KEY_FORMAT',
      message: 'apiKey does not start with "th_"; TraceHub project keys do',
    });
  }
  const { protocol, hostname } = new URL(options.endpoint);
  if (protocol === 'http:' && !isLoopback(hostname)) {
    warnings.push({
      code: 'TRACEHUB_PLAIN_HTTP',
      message: `endpoint uses plain http to ${hostname}: the key and the logs travel in clear`,
    });
  }
}

/** Beneath the home directory; a user without one, as in many containers, has no dead letters until told where. */
function defaultDlqPath(warnings: ConfigWarning[]): string | false {
  try {
    const home = homedir();
    if (home !== '') return join(home, '.tracehub', 'dlq');
  } catch {
    // No HOME, and no entry for this user id.
  }
  warnings.push({
    code: 'TRACEHUB_NO_HOME',
    message:
      'there is no home directory for dead letters: set dlqPath, or what cannot be delivered stays in memory only',
  });
  return false;
}

function isLoopback(hostname: string): boolean {
  return (
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    hostname === '[::1]' ||
    /^127(\.\d+){3}$/.test(hostname)
  );
}

function warnOfUnknown(given: object, warnings: ConfigWarning[]): void {
  const unknown = Object.keys(given).filter((name) => !(name in SPECS) && !FROM_PINO.includes(name));
  if (unknown.length === 0) return;
  warnings.push({
    code: 'TRACEHUB_UNKNOWN_OPTION',
    message: `unknown option ${list(unknown)}; known are ${list(Object.keys(SPECS))}`,
  });
}

function shorten(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

/** A URL's user and password are never shown. */
function withoutPassword(text: string): string {
  return text.replace(/\/\/.*@/s, '//…@');
}

/** A value for a message, short, and never a key. */
function show(name: string, value: unknown): string {
  if (name === 'apiKey' && value !== '')
    return typeof value === 'string' ? 'one with other characters' : typeof value;
  if (typeof value === 'string') return JSON.stringify(shorten(withoutPassword(value)));
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}

function oneOfLevels(value: unknown): ReturnType<Check<string | number>> {
  if ((typeof value === 'string' && value !== '') || Number.isFinite(value))
    return { value: value as string | number };
  return { allowed: 'a level name or number of the logger' };
}
