import { createContext, type ComponentChildren, type JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { keepToken } from './api.ts';

/** Lets whoever is refused ask for the read token. */
export const AccessContext = createContext<{ askForToken: () => void }>({ askForToken: () => {} });

/** Shows the page, or, once the collector has refused to answer, the question for its read token. */
export function Access({ children }: { children: ComponentChildren }): JSX.Element {
  const [isRefused, setRefused] = useState(false);
  const access = useMemo(
    () => ({
      askForToken: () => {
        keepToken(undefined);
        setRefused(true);
      },
    }),
    [],
  );
  return (
    <AccessContext.Provider value={access}>
      {isRefused ? <TokenForm onGiven={() => setRefused(false)} /> : children}
    </AccessContext.Provider>
  );
}

function TokenForm({ onGiven }: { onGiven: () => void }): JSX.Element {
  const [token, setToken] = useState('');
  return (
    <main class="token">
      <form
        class="card"
        onSubmit={(event) => {
          event.preventDefault();
          if (token.trim() === '') return;
          keepToken(token.trim());
          onGiven();
        }}
      >
        <h1>Read token</h1>
        <p>
          This collector asks for a token before it shows logs: the value of <code>TRACEHUB_READ_TOKEN</code>{' '}
          it was started with. It is kept in this tab only.
        </p>
        <label>
          Token
          <input
            type="password"
            autocomplete="off"
            autofocus
            value={token}
            onInput={(event) => setToken(event.currentTarget.value)}
          />
        </label>
        <button class="primary" type="submit">
          Show the logs
        </button>
      </form>
    </main>
  );
}
