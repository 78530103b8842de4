import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';

type Theme = 'system' | 'light' | 'dark';

const themes: Record<Theme, { next: Theme; sign: string }> = {
  system: { next: 'light', sign: '◐' },
  light: { next: 'dark', sign: '☀' },
  dark: { next: 'system', sign: '☾' },
};
const key = 'tracehub.theme';

/** Says that colours are others now: a canvas has to be drawn anew. */
export const themeChanged = 'tracehub:theme';

/** Light, dark, or as the system has it. */
export function ThemeButton(): JSX.Element {
  const kept = localStorage.getItem(key);
  const [theme, setTheme] = useState<Theme>(kept === 'light' || kept === 'dark' ? kept : 'system');
  useEffect(() => {
    if (theme === 'system') delete document.documentElement.dataset['theme'];
    else document.documentElement.dataset['theme'] = theme;
    localStorage.setItem(key, theme);
    dispatchEvent(new Event(themeChanged));
  }, [theme]);
  const { next, sign } = themes[theme];
  return (
    <button
      type="button"
      class="icon"
      onClick={() => setTheme(next)}
      aria-label={`Colours: ${theme}. Change to ${next}`}
      title={`Colours: ${theme}`}
    >
      {sign}
    </button>
  );
}
