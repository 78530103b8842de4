import fs from 'node:fs';
import { homedir } from 'node:os';
import { describe, expect, it } from 'vitest';
import type { ResolvedOptions } from '../src/options/options.ts';
import { resolveOptions } from '../src/options/resolve-options.ts';
import { LOCAL } from './resolving.ts';
import { IDENTITY } from './support.ts';

const ROOT = new URL('../../../', import.meta.url);

function read(path: string): string {
  return fs.readFileSync(new URL(path, ROOT), 'utf8');
}

const README = read('README.md');

/** A row of the options table for each option; a cell may hold two. */
interface Row {
  name: string;
  byDefault: string;
  variables: string[];
}

function optionRows(): Row[] {
  const rows: Row[] = [];
  const section = README.split('\n## ').find((text) => text.startsWith('Options')) ?? '';
  for (const line of section.split('\n')) {
    const [, names = '', byDefault = '', environment = ''] = line.split('|').map((cell) => cell.trim());
    if (!line.startsWith('| `') || !/^`\w+`(, `\w+`)*$/.test(names)) continue;
    const all = codeIn(names);
    const defaults = all.length === 1 ? [byDefault] : byDefault.split(', ');
    for (const [index, name] of all.entries()) {
      rows.push({ name, byDefault: defaults[index] ?? '', variables: codeIn(environment) });
    }
  }
  return rows;
}

function codeIn(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);
}

/** The value a default cell names; undefined where it is said in words. */
function literal(cell: string): unknown {
  const text = cell.replace(/, at most .*/, '').replaceAll('`', '');
  const number = /^([\d,]+)( [KM]iB)?$/.exec(text);
  if (number) {
    const unit = { ' KiB': 1024, ' MiB': 1024 * 1024 }[number[2] ?? ''] ?? 1;
    return Number(number[1]?.replaceAll(',', '')) * unit;
  }
  if (text === 'true' || text === 'false') return text === 'true';
  if (text.startsWith('~/')) return homedir() + text.slice(1);
  if (text.startsWith("'")) return text.slice(1, -1);
  return text.startsWith('http') ? text : undefined;
}

describe('the options table', () => {
  const rows = optionRows();
  const { options } = resolveOptions({ ...IDENTITY }, {});

  it('has every option once, and no other', () => {
    expect(rows.map(({ name }) => name).toSorted()).toEqual(Object.keys(options).toSorted());
  });

  it('says the defaults', () => {
    const required = Object.keys(IDENTITY);
    const others = rows.filter(({ name }) => !required.includes(name));
    expect(rows.filter(({ byDefault }) => byDefault === 'required').map(({ name }) => name)).toEqual(
      required,
    );
    expect(Object.fromEntries(others.map(({ name, byDefault }) => [name, literal(byDefault)]))).toEqual(
      Object.fromEntries(others.map(({ name }) => [name, options[name as keyof ResolvedOptions]])),
    );
  });

  it('says the bounds beside a default', () => {
    const bounded = rows.filter(({ byDefault }) => byDefault.includes(', at most '));
    expect(bounded.map(({ name }) => name)).toEqual(['durableInterval', 'closeTimeout']);
    for (const { name, byDefault } of bounded) {
      const most = literal(byDefault.replace(/.*, at most /, '')) as number;
      expect(resolveOptions({ ...LOCAL, [name]: most }, {}).options).toHaveProperty(name, most);
      expect(() => resolveOptions({ ...LOCAL, [name]: most + 1 }, {})).toThrow(name);
    }
  });

  it.each(rows.flatMap(({ name, variables }) => variables.map((variable) => ({ name, variable }))))(
    'is right that $variable gives $name',
    ({ name, variable }) => {
      const given = { ...LOCAL, [name]: undefined };
      const value =
        { endpoint: 'https://logs.example.com', enabled: false, dlqPath: '/var/lib/shop' }[name] ??
        'th_given';
      const { options: resolved } = resolveOptions(given, { [variable]: String(value) });
      expect(resolved).toHaveProperty(name, value);
    },
  );

  it('has every variable', () => {
    const sources = read('packages/core-sender/src/options/resolve-options.ts');
    const used = [...sources.matchAll(/\benvironment: \[([^\]]+)\]/g)].flatMap(([, list = '']) =>
      [...list.matchAll(/'([A-Z_]+)'/g)].map(([, variable = '']) => variable),
    );
    expect(used.toSorted()).toEqual(rows.flatMap(({ variables }) => variables).toSorted());
  });
});

describe('troubleshooting', () => {
  /** Codes a source gives to a warning: said through `warn`, or found while options are resolved. */
  const CODES = /(?:\bwarn\(|\bcode:)\s*'(TRACEHUB_[A-Z_]+)'/g;

  const packages = fs.readdirSync(new URL('packages/', ROOT), { withFileTypes: true });
  const sources = packages
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) =>
      fs
        .readdirSync(new URL(`packages/${name}/src/`, ROOT), { recursive: true, encoding: 'utf8' })
        .filter((file) => file.endsWith('.ts'))
        .map((file) => ({ name, text: read(`packages/${name}/src/${file}`) })),
    );
  const codes = sources.flatMap(({ name, text }) =>
    [...text.matchAll(CODES)].map(([, code = '']) => ({ code, name })),
  );
  const unique = [...new Map(codes.map((found) => [found.code + found.name, found])).values()];

  it('is looked for in the sources of all packages', () => {
    expect(new Set(unique.map(({ name }) => name))).toContain('core-sender');
    expect(unique.length).toBeGreaterThan(12);
  });

  it.each(unique)('explains $code of $name, here or in the README of the package', ({ code, name }) => {
    expect(README.includes(`\`${code}\``) || read(`packages/${name}/README.md`).includes(code)).toBe(true);
  });
});
