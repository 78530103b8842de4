import type { JSX } from 'preact';
import { CopyButton } from './feedback.tsx';
import { toStackLines, type StackLine } from './frames.ts';

/** A stack with the application's own calls first; those of libraries, and the whole as it came, on demand. */
export function StackTrace({ stack }: { stack: string }): JSX.Element {
  const lines = toStackLines(stack);
  const app = lines.filter(({ kind }) => kind === 'app');
  const library = lines.filter(({ kind }) => kind === 'library');
  const message = lines.filter(({ kind, text }) => kind === 'message' && text.trim() !== '');
  return (
    <section class="stack" aria-label="Stack">
      <h3>
        Stack <CopyButton text={stack} />
      </h3>
      {message.length > 0 && <pre class="text">{message.map(({ text }) => text).join('\n')}</pre>}
      <Frames lines={app} />
      {app.length === 0 && <p class="muted">No call of the application is in this stack.</p>}
      {library.length > 0 && (
        <details open={app.length === 0}>
          <summary>
            {library.length} {library.length === 1 ? 'call' : 'calls'} of libraries
          </summary>
          <Frames lines={library} />
        </details>
      )}
      <details>
        <summary>As it came</summary>
        <pre class="text">{stack}</pre>
      </details>
    </section>
  );
}

function Frames({ lines }: { lines: readonly StackLine[] }): JSX.Element {
  return (
    <ol class="frames">
      {lines.map(({ text, kind }, index) => {
        const [, name, place] = /^\s*at (.+?) (\(.+)$/.exec(text) ?? [undefined, text.trim(), ''];
        return (
          <li key={index} class={kind}>
            <b>{name}</b> <span>{place}</span>
          </li>
        );
      })}
    </ol>
  );
}
