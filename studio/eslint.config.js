import { readdirSync } from 'node:fs';
import hooks from 'eslint-plugin-react-hooks';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

const features = readdirSync(new URL('./src/features', import.meta.url));

const wall = (files, group, message) => ({
  files,
  rules: { 'no-restricted-imports': ['error', { patterns: [{ group, message }] }] },
});

const react = ['react', 'react-dom', 'react/*', '@mantine/*', '@xyflow/*', '@tanstack/*'];

export default defineConfig(
  { ignores: ['dist', 'eslint.config.js', 'src/api/schema.d.ts'] },
  tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { 'react-hooks': hooks },
    rules: {
      ...hooks.configs.recommended.rules,
      'max-lines': ['error', { max: 300 }],
      eqeqeq: 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      // Numbers and booleans print as expected inside templates.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { attributes: false } }],
      // The router's redirect and not-found are thrown by design.
      '@typescript-eslint/only-throw-error': 'off',
    },
  },
  wall(['src/canvas/**'], [...react, '@/app/**', '@/features/**', '@/components/**', '@/lib/**'], 'canvas is pure TypeScript'),
  wall(['src/lib/**'], ['@/app/**', '@/features/**', '@/components/**', '@/canvas/**'], 'lib is the lowest layer'),
  wall(['src/api/**'], ['@/app/**', '@/features/**', '@/components/**', '@/canvas/**'], 'api knows the wire only'),
  wall(['src/components/**'], ['@/app/**', '@/features/**'], 'components are shared by features'),
  ...features.map((feature) =>
    wall(
      [`src/features/${feature}/**`],
      ['@/app/**', ...features.filter((other) => other !== feature).flatMap((other) => [`@/features/${other}/**`, `**/../${other}/**`])],
      'features do not import each other; share through components, api, canvas or lib',
    ),
  ),
  // Plain Node scripts are outside the TypeScript project.
  { files: ['**/*.mjs'], extends: [tseslint.configs.disableTypeChecked] },
);
