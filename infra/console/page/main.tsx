import { render } from 'preact';
import { App } from './app.tsx';
import { keptAs } from './key.ts';

// The printed address has the key in its fragment, which no request shows; the page keeps it and takes it away from there.
const [, key] = /^#key=([0-9a-f]+)$/.exec(location.hash) ?? [];
if (key !== undefined) {
  localStorage.setItem(keptAs, key);
  history.replaceState(null, '', '#/pictures');
}

const root = document.getElementById('page');
if (root) render(<App />, root);
