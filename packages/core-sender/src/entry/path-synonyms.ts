/** The members of an AggregateError, as they are called and as pino's serialiser calls them. */
const MEMBERS = ['errors', 'aggregateErrors'] as const;

/**
 * The paths of `redact` with those that say the same in other words.
 *
 * @param synonyms The logger's own words for fields, and what the fields are called here.
 */
export function pathsInAllWords(
  paths: readonly string[],
  synonyms: Readonly<Record<string, string>> = {},
): string[] {
  const synonymOf = (word: string): string => (Object.hasOwn(synonyms, word) ? synonyms[word]! : word);
  const fields = paths.flatMap((path) => [path, path.replace(/\w+/, synonymOf)]);
  const [live, serialised] = MEMBERS;
  const all = fields.flatMap((path) => [
    path,
    path.replaceAll(/\berrors\b/g, serialised),
    path.replaceAll(/\baggregateErrors\b/g, live),
  ]);
  return [...new Set(all)];
}
