import type { OptionsInspection } from '@tracehub/core-sender/dead-letters';
import { maskKey } from '../settings/mask-key.ts';
import type { Settings } from '../settings/settings.ts';

type Name = keyof OptionsInspection['options'];

/** Always shown; the others only where they are not the default. */
const ALWAYS: readonly Name[] = ['endpoint', 'apiKey', 'service', 'environment', 'dlqPath'];

/** An option as the doctor shows it. */
export interface ShownOption {
  option: Name;
  value: string;
  source: string;
}

/** The configuration that was found, with the source of each value. */
export function shownOptions(settings: Settings): ShownOption[] {
  const { options, sources } = settings.inspection;
  const rest = (Object.keys(options) as Name[]).filter(
    (name) => !ALWAYS.includes(name) && sources[name].from !== 'default',
  );
  return [...ALWAYS, ...rest].map((option) => ({
    option,
    value: option === 'apiKey' ? maskKey(options.apiKey) : show(options[option]),
    source: settings.sourceOf(option),
  }));
}

function show(value: unknown): string {
  if (value === undefined || value === '') return '-';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
