import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { levels, textFilters, type Filters } from './filters.ts';

const names: Readonly<Record<(typeof textFilters)[number], string>> = {
  q: 'words',
  service: 'service',
  module: 'module',
  environment: 'environment',
  trace_id: 'trace',
  extra: 'extra',
  from_ts: 'from',
  to_ts: 'to',
};

const ranges: [name: string, minutes: number][] = [
  ['Any time', 0],
  ['Last 15 minutes', 15],
  ['Last hour', 60],
  ['Last 24 hours', 1440],
  ['Last 7 days', 10_080],
];

/** Words to search for, levels, a time, and the finer filters; each is in the location as soon as it is chosen. */
export function FilterBar({
  filters,
  onChange,
  children,
}: {
  filters: Filters;
  onChange: (change: Filters) => void;
  children?: ComponentChildren;
}): JSX.Element {
  const [words, setWords] = useState(filters.q ?? '');
  useEffect(() => setWords(filters.q ?? ''), [filters.q]);
  return (
    <section class="filters" aria-label="Filters">
      <form
        role="search"
        class="bar"
        onSubmit={(event) => {
          event.preventDefault();
          onChange({ q: words.trim() });
        }}
      >
        <input
          type="search"
          aria-label="Search for words"
          placeholder={'Search: both words, "a phrase", one or other, -without'}
          maxLength={1000}
          value={words}
          onInput={(event) => setWords(event.currentTarget.value)}
          onBlur={() => words.trim() !== (filters.q ?? '') && onChange({ q: words.trim() })}
        />
        <select
          aria-label="Time"
          onChange={(event) => {
            const minutes = Number(event.currentTarget.value);
            const from_ts = minutes === 0 ? '' : new Date(Date.now() - minutes * 60_000).toISOString();
            onChange({ from_ts, to_ts: '' });
          }}
        >
          {ranges.map(([name, minutes]) => (
            <option key={name} value={minutes} selected={minutes === 0 && filters.from_ts === undefined}>
              {name}
            </option>
          ))}
        </select>
        {children}
      </form>
      <div class="bar">
        <div class="chips" role="group" aria-label="Levels">
          {levels.map((level) => {
            const isOn = filters.level?.includes(level) ?? false;
            return (
              <button
                key={level}
                type="button"
                class={`chip ${level}`}
                aria-pressed={isOn}
                onClick={() =>
                  onChange({
                    level: levels.filter(
                      (one) => (filters.level?.includes(one) ?? false) !== (one === level),
                    ),
                  })
                }
              >
                {level}
              </button>
            );
          })}
        </div>
        {(['service', 'environment', 'module', 'trace_id', 'extra'] as const).map((name) => (
          <FilterField
            key={name}
            name={name}
            value={filters[name] ?? ''}
            onChange={(value) => onChange({ [name]: value })}
          />
        ))}
      </div>
      <ActiveFilters filters={filters} onChange={onChange} />
    </section>
  );
}

function FilterField({
  name,
  value,
  onChange,
}: {
  name: (typeof textFilters)[number];
  value: string;
  onChange: (value: string) => void;
}): JSX.Element {
  return (
    <input
      class="field"
      aria-label={names[name]}
      placeholder={name === 'extra' ? 'extra {"user":7}' : names[name]}
      spellcheck={false}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value.trim())}
    />
  );
}

/** What is chosen, each with a way to take it out. */
function ActiveFilters({
  filters,
  onChange,
}: {
  filters: Filters;
  onChange: (change: Filters) => void;
}): JSX.Element | null {
  const active = textFilters.filter((name) => filters[name] !== undefined);
  if (active.length === 0 && filters.level === undefined) return null;
  return (
    <div class="bar active">
      {active.map((name) => (
        <button
          key={name}
          type="button"
          class="tag"
          aria-label={`Remove the filter ${names[name]}`}
          onClick={() => onChange({ [name]: '' })}
        >
          <span>{names[name]}</span> {name.endsWith('_ts') ? toLocal(filters[name]) : filters[name]} <b>×</b>
        </button>
      ))}
      <button
        type="button"
        class="quiet"
        onClick={() => onChange({ level: [], ...Object.fromEntries(textFilters.map((name) => [name, ''])) })}
      >
        Remove all
      </button>
    </div>
  );
}

function toLocal(iso: string | undefined): string {
  const time = Date.parse(iso ?? '');
  return Number.isNaN(time) ? (iso ?? '') : new Date(time).toLocaleString();
}
