import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { useLocation } from 'wouter-preact';

const shortcuts: [keys: string, meaning: string][] = [
  ['/', 'search'],
  ['j · k', 'next, previous row'],
  ['Enter', 'open the row'],
  ['i', 'issues'],
  ['l', 'logs'],
  ['t', 'live tail, on and off'],
  ['?', 'this list'],
];

/** Rows that j and k walk through are marked with this. */
const rows = '[data-row]';

/** Handles the keys of the page, and a button that lists them. */
export function ShortcutHelp(): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  const [, go] = useLocation();

  useEffect(() => {
    function onKey(event: KeyboardEvent): void {
      const target = event.target as HTMLElement;
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (target.matches('input, textarea, select')) {
        if (event.key === 'Escape') target.blur();
        return;
      }
      const actions: Record<string, () => void> = {
        '/': () => document.querySelector<HTMLInputElement>('input[type=search]')?.focus(),
        j: () => moveRow(1),
        k: () => moveRow(-1),
        i: () => go('/'),
        l: () => go('/logs'),
        t: () => document.querySelector<HTMLButtonElement>('[data-tail]')?.click(),
        '?': () => dialog.current?.showModal(),
      };
      const action = actions[event.key];
      if (action === undefined) return;
      event.preventDefault();
      action();
    }
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [go]);

  return (
    <>
      <button
        type="button"
        class="icon"
        aria-label="Keyboard shortcuts"
        title="Keyboard shortcuts"
        onClick={() => dialog.current?.showModal()}
      >
        ?
      </button>
      <dialog ref={dialog} aria-labelledby="shortcuts" class="card">
        <h2 id="shortcuts">Keyboard</h2>
        <dl>
          {shortcuts.map(([keys, meaning]) => (
            <div key={keys}>
              <dt>
                <kbd>{keys}</kbd>
              </dt>
              <dd>{meaning}</dd>
            </div>
          ))}
        </dl>
        <form method="dialog">
          <button type="submit" autofocus>
            Close
          </button>
        </form>
      </dialog>
    </>
  );
}

function moveRow(step: 1 | -1): void {
  const all = [...document.querySelectorAll<HTMLElement>(rows)];
  const now = all.findIndex((row) => row === document.activeElement);
  const next = now === -1 ? (step === 1 ? 0 : all.length - 1) : now + step;
  const row = all[next];
  row?.focus();
  row?.scrollIntoView({ block: 'nearest' });
}
