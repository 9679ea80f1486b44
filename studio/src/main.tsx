import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from '@/app/app';
import { fetchPages } from '@/app/router';
import '@/lib/i18n';
import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import '@/app/styles.css';

const root = document.getElementById('root');
if (!root) throw new Error('The page has no #root.');
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);

window.addEventListener('load', () => window.setTimeout(fetchPages, 3_000));
