/** One line of a stack and whose code it is. */
export interface StackLine {
  text: string;
  kind: 'app' | 'library' | 'message';
}

const frame = /^\s*(?:at |File ")/;
const library = /node_modules|\(?node:|internal\/|site-packages|<anonymous>\)?$|\bnative\b|lib\/python/;

/** The lines of a V8 or Python stack: calls of the application, calls of libraries, and everything else. */
export function toStackLines(stack: string): StackLine[] {
  return stack.split(/\r?\n/).map((text) => {
    if (!frame.test(text)) return { text, kind: 'message' };
    return { text, kind: library.test(text) ? 'library' : 'app' };
  });
}

/** Where an error happened, in a few words: the first call of the application, else the first of all. */
export function toCulprit(stack: string | null): string | undefined {
  const lines = toStackLines(stack ?? '');
  const line = lines.find(({ kind }) => kind === 'app') ?? lines.find(({ kind }) => kind === 'library');
  return line?.text.trim().replace(/^at /, '');
}
