import fs from 'node:fs';

const SOURCE = new URL('../src/options/options.ts', import.meta.url);

/** The head of the README's table. */
const OPTIONS_HEAD = ['option', 'default', 'bounds', 'meaning'];

/** What the doc comment of an option says. */
interface OptionDoc {
  name: string;
  meaning: string;
  defaultValue: string;
  minimum: string | undefined;
  maximum: string | undefined;
  /** Of the environment, that may give it. */
  variables: string[];
}

/** In the order of the source. */
export function optionDocs(): OptionDoc[] {
  const text = fs.readFileSync(SOURCE, 'utf8');
  const [, members = ''] = /^export interface SenderOptions \{\n([^]*?)^\}/m.exec(text) ?? [];
  const found = members.matchAll(/^ {2}\/\*\*([^]*?)\*\/\n {2}(\w+)\?:/gm);
  return [...found].map(([, comment = '', name = '']) => optionDoc(name, comment));
}

function optionDoc(name: string, comment: string): OptionDoc {
  const [meaning = '', ...blocks] = comment
    .replaceAll(/\s*\n\s*\* ?/g, '\n')
    .trim()
    .split(/\n+@/);
  const tag = (word: string): string | undefined =>
    blocks
      .find((block) => block.startsWith(`${word} `))
      ?.slice(word.length)
      .trim();
  return {
    name,
    meaning: meaning.replaceAll(/\s+/g, ' '),
    defaultValue: tag('defaultValue') ?? '',
    minimum: tag('minimum'),
    maximum: tag('maximum'),
    variables: tag('environment')?.split(', ') ?? [],
  };
}

/** The rows of the README's table, its head first. */
export function optionsTable(): string[][] {
  const rows = optionDocs().map(({ name, meaning, defaultValue, minimum, maximum, variables }) => {
    const least = minimum === undefined ? '' : `at least ${minimum}`;
    const bounds = maximum === undefined ? least : `${minimum} to ${maximum}`;
    const words = variables.map((variable) => `\`${variable}\``).join(', ');
    return [`\`${name}\``, defaultValue, bounds, meaning + (words === '' ? '' : ` Environment: ${words}.`)];
  });
  return [OPTIONS_HEAD, ...rows];
}
