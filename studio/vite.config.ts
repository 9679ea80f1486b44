import react from '@vitejs/plugin-react';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const api = process.env.SAASFLOWS_API ?? 'http://localhost:8070';

export default defineConfig({
  plugins: [react()],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  // The address stays the browser's own, so that webhook URLs and cookies match what it sees.
  server: { proxy: Object.fromEntries(['/api', '/connect', '/health', '/.well-known'].map((path) => [path, { target: api }])) },
  // The server puts another nonce into each page.
  html: { cspNonce: 'CSP_NONCE' },
  build: { outDir: 'dist', emptyOutDir: true, chunkSizeWarningLimit: 700 },
  test: { include: ['src/**/*.test.ts'], environment: 'node' },
});
