import react from '@vitejs/plugin-react';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompress, gzip } from 'node:zlib';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

const api = process.env.SAASFLOWS_API ?? 'http://localhost:8070';

/** Texts below this are sent as they are: compressed they would hardly be smaller. */
const worthwhile = 1_000;

/** Lays a compressed file beside each asset, as small as it gets: they are made once and sent often. */
const compressed = (): Plugin => ({
  name: 'compressed',
  apply: 'build',
  async writeBundle({ dir = '' }) {
    const folder = join(dir, 'assets');
    const texts = (await readdir(folder)).filter((name) => /\.(js|css|svg)$/.test(name));
    await Promise.all(
      texts.map(async (name) => {
        const text = await readFile(join(folder, name));
        if (text.length < worthwhile) return;
        await Promise.all([
          writeFile(join(folder, `${name}.br`), await promisify(brotliCompress)(text)),
          writeFile(join(folder, `${name}.gz`), await promisify(gzip)(text, { level: 9 })),
        ]);
      }),
    );
  },
});

export default defineConfig({
  plugins: [react(), compressed()],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  // The address stays the browser's own, so that webhook URLs and cookies match what it sees.
  server: { proxy: Object.fromEntries(['/api', '/connect', '/health', '/.well-known'].map((path) => [path, { target: api }])) },
  // The server puts another nonce into each page.
  html: { cspNonce: 'CSP_NONCE' },
  build: { outDir: 'dist', emptyOutDir: true, chunkSizeWarningLimit: 700 },
  test: { include: ['src/**/*.test.ts'], environment: 'node' },
});
