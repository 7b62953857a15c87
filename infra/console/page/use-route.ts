import { useEffect, useState } from 'preact/hooks';

export const views = ['pictures', 'batch', 'money'] as const;
export type View = (typeof views)[number];

/** Where the person is: a view, and above it perhaps one job. It is in the address, so that going back works. */
export interface Route {
  readonly view: View;
  readonly jobId?: string | undefined;
}

const read = (): Route => {
  const [, view = '', jobId] = /^#\/([a-z]*)(?:\/([0-9a-f-]{36}))?$/.exec(location.hash) ?? [];
  return { view: views.find((name) => name === view) ?? 'pictures', jobId };
};

export const addressOf = ({ view, jobId }: Route): string =>
  `#/${view}${jobId === undefined ? '' : `/${jobId}`}`;

export function useRoute(): Route {
  const [route, setRoute] = useState(read);
  useEffect(() => {
    const listen = () => setRoute(read());
    window.addEventListener('hashchange', listen);
    return () => window.removeEventListener('hashchange', listen);
  }, []);
  return route;
}
