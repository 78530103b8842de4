import { render, type JSX } from 'preact';
import { Link, Route, Switch, useLocation } from 'wouter-preact';
import { Access } from './access.tsx';
import { Notice } from './feedback.tsx';
import { IssueView } from './issue-view.tsx';
import { IssuesView } from './issues-view.tsx';
import { LogsView } from './logs-view.tsx';
import { ShortcutHelp } from './shortcuts.tsx';
import { ThemeButton } from './theme.tsx';
import { TraceView } from './trace-view.tsx';

const places = [
  {
    path: '/',
    name: 'Issues',
    isIn: (location: string) => location === '/' || location.startsWith('/issues'),
  },
  { path: '/logs', name: 'Logs', isIn: (location: string) => !/^\/(issues|$)/.test(location) },
];

function Page(): JSX.Element {
  const [location] = useLocation();
  return (
    <>
      <a class="skip" href="#content">
        Skip to the content
      </a>
      <header class="top">
        <Link href="/" class="brand">
          <img src="/page/icon.svg" alt="" width="22" height="22" /> TraceHub
        </Link>
        <nav aria-label="Views">
          {places.map(({ path, name, isIn }) => (
            <Link key={path} href={path} aria-current={isIn(location) ? 'page' : undefined}>
              {name}
            </Link>
          ))}
          <a href="/api/docs">API</a>
        </nav>
        <ShortcutHelp />
        <ThemeButton />
      </header>
      <Access>
        <main id="content" tabIndex={-1}>
          <Switch>
            <Route path="/" component={IssuesView} />
            <Route path="/issues/:id">{({ id }) => <IssueView key={id} id={id} />}</Route>
            <Route path="/logs" component={LogsView} />
            <Route path="/traces/:id">{({ id }) => <TraceView key={id} />}</Route>
            <Route>
              <Notice title="There is nothing here">The address does not belong to a view.</Notice>
            </Route>
          </Switch>
        </main>
      </Access>
    </>
  );
}

render(<Page />, document.body);
