import type { ComponentChildren, JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { ApiError } from './api.ts';

/** A message in the place of what cannot be shown. */
export function Notice({
  title,
  children,
  role,
}: {
  title: string;
  children?: ComponentChildren;
  role?: 'alert' | 'status';
}): JSX.Element {
  return (
    <div class="notice" role={role}>
      <h2>{title}</h2>
      <div>{children}</div>
    </div>
  );
}

/** Why something could not be read, and a way to try again. */
export function Failure({ error, onRetry }: { error: ApiError; onRetry: () => void }): JSX.Element {
  return (
    <Notice title="This could not be read" role="alert">
      <p>{error.message}</p>
      <button type="button" onClick={onRetry}>
        Try again
      </button>
    </Notice>
  );
}

/** Rows that stand where an answer will be. */
export function Skeleton({ rows = 6 }: { rows?: number }): JSX.Element {
  return (
    <div class="skeleton" role="status" aria-label="Loading">
      {Array.from({ length: rows }, (_, row) => (
        <div key={row} />
      ))}
    </div>
  );
}

/** Code to take along. */
export function Snippet({ label, code }: { label: string; code: string }): JSX.Element {
  return (
    <figure class="snippet">
      <figcaption>
        {label} <CopyButton text={code} />
      </figcaption>
      <pre tabIndex={0}>
        <code>{code}</code>
      </pre>
    </figure>
  );
}

/** Puts a text on the clipboard. */
export function CopyButton({ text, label = 'Copy' }: { text: string; label?: string }): JSX.Element {
  const [isCopied, setCopied] = useState(false);
  return (
    <button
      type="button"
      class="quiet"
      onClick={() => {
        void navigator.clipboard.writeText(text).then(() => {
          setCopied(true);
          setTimeout(() => setCopied(false), 1500);
        });
      }}
    >
      {isCopied ? 'Copied' : label}
    </button>
  );
}
