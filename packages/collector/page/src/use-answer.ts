import { useCallback, useContext, useEffect, useState } from 'preact/hooks';
import { ApiError, read } from './api.ts';
import { AccessContext } from './access.tsx';

/** An answer of the API as a component sees it. */
export interface Answered<Answer> {
  /** The latest answer; one for another path is not kept. */
  data: Answer | undefined;
  error: ApiError | undefined;
  isLoading: boolean;
  /** Asks again. */
  refresh: () => void;
}

/** Reads a path when it changes, and again every `refreshEvery` milliseconds while the page can be seen. */
export function useAnswer<Answer>(path: string, refreshEvery?: number): Answered<Answer> {
  const { askForToken } = useContext(AccessContext);
  const [state, setState] = useState<{ path: string; data?: Answer; error?: ApiError }>({ path });
  const [isLoading, setLoading] = useState(true);
  const [round, setRound] = useState(0);
  const refresh = useCallback(() => setRound((number) => number + 1), []);

  useEffect(() => {
    const abort = new AbortController();
    setLoading(true);
    read<Answer>(path, abort.signal).then(
      (data) => {
        setState({ path, data });
        setLoading(false);
      },
      (error: unknown) => {
        if (abort.signal.aborted) return;
        if (error instanceof ApiError && error.status === 401) askForToken();
        setState((before) => ({
          path,
          ...(before.path === path && before.data !== undefined ? { data: before.data } : {}),
          error: error instanceof ApiError ? error : new ApiError(0, String(error)),
        }));
        setLoading(false);
      },
    );
    return () => abort.abort();
  }, [path, round, askForToken]);

  useEffect(() => {
    if (refreshEvery === undefined) return;
    const timer = setInterval(() => {
      if (!document.hidden) refresh();
    }, refreshEvery);
    return () => clearInterval(timer);
  }, [refreshEvery, refresh]);

  const isCurrent = state.path === path;
  return {
    data: isCurrent ? state.data : undefined,
    error: isCurrent ? state.error : undefined,
    isLoading,
    refresh,
  };
}
