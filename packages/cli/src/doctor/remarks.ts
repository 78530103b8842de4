import { levelFromName } from '@tracehub/core-sender';
import type { Settings } from '../settings/settings.ts';

/** Something about the configuration that keeps no sender from starting, and what to do about it. */
export interface Remark {
  finding: string;
  next: string;
}

/** By the code of a sender's warning. */
const REMEDIES: Readonly<Record<string, string>> = {
  TRACEHUB_ENVIRONMENT: 'correct the variable, or unset it',
  TRACEHUB_KEY_FORMAT: 'compare the key with that of your project in TraceHub',
  TRACEHUB_NO_HOME: 'set TRACEHUB_DLQ_PATH to a directory the app may write to, or to false if that is meant',
  TRACEHUB_PLAIN_HTTP: 'use https or a tunnel, unless the network in between is yours alone',
  TRACEHUB_UNKNOWN_OPTION: 'correct the spelling of the option, or leave it out',
};

/** All that a sender would warn of, and what only its logger would find. */
export function remarksOn({ inspection, adapter }: Settings): Remark[] {
  const remarks = inspection.warnings.map(({ code, message }) => ({
    finding: `${code}: ${message}`,
    next: REMEDIES[code] ?? `see what the docs of TraceHub say of ${code}`,
  }));
  const { level } = inspection.options;
  const isCustom = Object.keys(adapter.customLevels ?? {}).includes(String(level));
  if (typeof level === 'string' && !isCustom) remarks.push(...remarksOnLevel(level));
  return remarks;
}

/** Which logger it is of, and whether that has levels of its own, is not known here. */
function remarksOnLevel(level: string): Remark[] {
  if (levelFromName(level) === undefined) {
    return [
      {
        finding:
          `level ${JSON.stringify(level)} is none that a logger comes with: unless it is one you made, pino, bunyan and ` +
          'TraceHubLogger do not start with it, and winston sends everything',
        next: 'give a level of the logger, such as "info"',
      },
    ];
  }
  if (level === level.toLowerCase()) return [];
  return [
    {
      finding: `level ${JSON.stringify(level)} has capitals: pino and TraceHubLogger do not start with it, and winston sends everything`,
      next: `write it ${JSON.stringify(level.toLowerCase())}`,
    },
  ];
}
