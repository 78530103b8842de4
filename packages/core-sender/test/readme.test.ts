import fs from 'node:fs';
import { homedir } from 'node:os';
import { describe, expect, it } from 'vitest';
import type { ResolvedOptions } from '../src/options/options.ts';
import { resolveOptions } from '../src/options/resolve-options.ts';
import { isWriting, readTable, writeTable } from '../../../test/kit/markdown-table.ts';
import { LOCAL } from './resolving.ts';
import { optionDocs, optionsTable } from './option-docs.ts';
import { IDENTITY } from './support.ts';

const ROOT = new URL('../../../', import.meta.url);

function read(path: string): string {
  return fs.readFileSync(new URL(path, ROOT), 'utf8');
}

const README = read('README.md');

/** The value a default or a bound names; undefined where it is said in words. */
function literal(text: string): unknown {
  const bare = text.replaceAll('`', '');
  const number = /^([\d,]+)( [KM]iB)?$/.exec(bare);
  if (number) {
    const unit = { ' KiB': 1024, ' MiB': 1024 * 1024 }[number[2] ?? ''] ?? 1;
    return Number(number[1]?.replaceAll(',', '')) * unit;
  }
  if (bare === 'true' || bare === 'false') return bare === 'true';
  if (bare.startsWith('~/')) return homedir() + bare.slice(1);
  if (bare.startsWith("'")) return bare.slice(1, -1);
  return bare.startsWith('http') ? bare : undefined;
}

describe('the doc comments of the options', () => {
  const docs = optionDocs();
  const { options } = resolveOptions({ ...IDENTITY }, {});

  it('are what the table of the README says (pnpm run options-table writes it)', () => {
    const file = new URL('README.md', ROOT);
    const expected = optionsTable();
    if (isWriting) writeTable(file, expected);
    expect(readTable(file, expected[0] ?? [])).toEqual(expected);
  });

  it('are there for every option, and for no other', () => {
    expect(docs.map(({ name }) => name).toSorted()).toEqual(Object.keys(options).toSorted());
    expect(docs.filter(({ meaning, defaultValue }) => meaning === '' || defaultValue === '')).toEqual([]);
  });

  it('say the defaults', () => {
    const required = docs.filter(({ defaultValue }) => defaultValue === 'required').map(({ name }) => name);
    expect(required).toEqual(Object.keys(IDENTITY));
    const others = docs.filter(({ name }) => !required.includes(name));
    expect(Object.fromEntries(others.map(({ name, defaultValue }) => [name, literal(defaultValue)]))).toEqual(
      Object.fromEntries(others.map(({ name }) => [name, options[name as keyof ResolvedOptions]])),
    );
  });

  const numbers = docs.filter(({ name }) => typeof options[name as keyof ResolvedOptions] === 'number');

  it('say the least of every number, and what is lost below the right one', () => {
    expect(numbers.filter(({ minimum }) => minimum === undefined)).toEqual([]);
    const silent = numbers.filter(({ meaning }) => !meaning.includes('Too small:'));
    expect(silent.map(({ name }) => name)).toEqual(['compressionLevel']);
  });

  const bounds = docs.flatMap(({ name, minimum, maximum }) => [
    ...(minimum === undefined ? [] : [{ name, bound: literal(minimum) as number, step: -1 }]),
    ...(maximum === undefined ? [] : [{ name, bound: literal(maximum) as number, step: 1 }]),
  ]);

  it.each(bounds)('are right that $name can be $bound, and not one further', ({ name, bound, step }) => {
    // As large as can be, so that no other option is in the way.
    const given = { ...LOCAL, maxBuffer: 10_000_000, [name]: bound };
    expect(resolveOptions(given, {}).options).toHaveProperty(name, bound);
    expect(() => resolveOptions({ ...given, [name]: bound + step }, {})).toThrow(`option ${name} must be`);
  });

  it('say every bound there is', () => {
    const least = Object.fromEntries(numbers.map(({ name }) => [name, refusedAt(name, -1)]));
    const most = Object.fromEntries(
      numbers.map(({ name }) => [name, refusedAt(name, Number.MAX_SAFE_INTEGER)]),
    );
    expect(least).toEqual(Object.fromEntries(numbers.map(({ name }) => [name, true])));
    expect(most).toEqual(
      Object.fromEntries(numbers.map(({ name, maximum }) => [name, maximum !== undefined])),
    );
  });

  it.each(docs.flatMap(({ name, variables }) => variables.map((variable) => ({ name, variable }))))(
    'are right that $variable gives $name',
    ({ name, variable }) => {
      const given = { ...LOCAL, [name]: undefined };
      const value =
        { endpoint: 'https://logs.example.com', enabled: false, dlqPath: '/var/lib/shop' }[name] ??
        'th_given';
      const { options: resolved } = resolveOptions(given, { [variable]: String(value) });
      expect(resolved).toHaveProperty(name, value);
    },
  );

  it('say every variable', () => {
    const sources = read('packages/core-sender/src/options/resolve-options.ts');
    const used = [...sources.matchAll(/\benvironment: \[([^\]]+)\]/g)].flatMap(([, list = '']) =>
      [...list.matchAll(/'([A-Z_]+)'/g)].map(([, variable = '']) => variable),
    );
    expect(used.toSorted()).toEqual(docs.flatMap(({ variables }) => variables).toSorted());
  });
});

function refusedAt(name: string, value: number): boolean {
  try {
    resolveOptions({ ...LOCAL, [name]: value }, {});
    return false;
  } catch {
    return true;
  }
}

describe('troubleshooting', () => {
  const packages = fs.readdirSync(new URL('packages/', ROOT), { withFileTypes: true });
  const sources = packages
    .filter((entry) => entry.isDirectory() && entry.name !== 'collector')
    .flatMap(({ name }) =>
      fs
        .readdirSync(new URL(`packages/${name}/src/`, ROOT), { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.ts'))
        .map((file) => read(`packages/${name}/src/${file}`)),
    );
  // Of the options, and one of the CLI's own.
  const variables = [...optionDocs().flatMap((doc) => doc.variables), 'TRACEHUB_READ_TOKEN'];
  // A warning's own code can have the name of a variable.
  const isCode = (text: string, code: string): boolean =>
    !variables.includes(code) || new RegExp(`(?:warn\\(|code:)\\s*'${code}'`).test(text);
  const codes = sources.flatMap((text) =>
    [...text.matchAll(/'(TRACEHUB_[A-Z_]+)'/g)]
      .map(([, code = '']) => code)
      .filter((code) => isCode(text, code)),
  );
  const page = read('packages/core-sender/docs/troubleshooting.md');
  const anchors = [...page.matchAll(/^### (TRACEHUB_[A-Z_]+)$/gm)].map(([, code = '']) => code);

  it('has an anchor for each code that the sources can give, and for no other', () => {
    expect(anchors.toSorted()).toEqual([...new Set(codes)].toSorted());
  });

  it('says something under each', () => {
    const sections = page.split(/^### /m).slice(1);
    expect(sections.filter((section) => section.split('\n').slice(1).join('').trim() === '')).toEqual([]);
  });

  it('is where its own links and those of the README lead', () => {
    const links = [...page.matchAll(/\]\(#(\w+)\)/g)].map(([, anchor = '']) => anchor.toUpperCase());
    expect(links.filter((anchor) => !anchors.includes(anchor))).toEqual([]);
    const named = [...README.matchAll(/`(TRACEHUB_[A-Z_]+)`/g)].map(([, code = '']) => code);
    const others = [...variables, 'TRACEHUB_DEV_KEY', 'TRACEHUB_READ_TOKEN'];
    expect(named.filter((code) => !anchors.includes(code) && !others.includes(code))).toEqual([]);
  });
});
