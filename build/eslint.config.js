import pluginVue from 'eslint-plugin-vue';
import tseslint from 'typescript-eslint';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

const noIpcMain = { name: 'electron', importNames: ['ipcMain'], message: 'Requests are served by electron/api/ alone.' };
const noBridge = { selector: 'MemberExpression[property.name="uploader"]', message: 'renderer/bridge.ts alone reads window.uploader.' };
const noWallClock = [
  { object: 'Date', property: 'now', message: 'Time comes from the Clock port.' },
  { object: 'performance', property: 'now', message: 'Time comes from the Clock port.' },
];
const noTimers = ['setTimeout', 'setInterval', 'setImmediate'].map((name) => ({ name, message: 'Waiting is done by the Clock port.' }));

export default tseslint.config(
  { ignores: ['dist/**', 'out/**', 'coverage/**', 'test-results/**', '**/node_modules/**', 'tests/fixtures/**'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  ...tseslint.configs.strictTypeChecked,
  ...pluginVue.configs['flat/recommended'],
  {
    files: ['**/*.ts', '**/*.vue'],
    languageOptions: {
      parserOptions: {
        parser: tseslint.parser,
        // One program for all: the projects of the runtimes, which `check` compiles one by one, would each be made anew.
        project: ['build/tsconfig.lint.json'],
        tsconfigRootDir: root,
      },
    },
    rules: {
      'max-lines': ['error', { max: 300 }],
      'no-restricted-imports': ['error', { paths: [noIpcMain] }],
      'no-restricted-syntax': ['error', noBridge],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true, requireDefaultForNonUnion: true },
      ],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true, ignoreVoidOperator: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/no-unnecessary-condition': ['error', { allowConstantLoopConditions: 'only-allowed-literals' }],
      '@typescript-eslint/consistent-type-imports': 'error',
      // A port's methods promise; not every adapter has to wait.
      '@typescript-eslint/require-await': 'off',
    },
  },
  {
    files: ['electron/desktop/**/*.ts', 'electron/api/**/*.ts'],
    rules: { 'no-restricted-imports': 'off' },
  },
  {
    files: ['electron/engine/**/*.ts'],
    ignores: ['**/system-clock.ts'],
    rules: { 'no-restricted-properties': ['error', ...noWallClock], 'no-restricted-globals': ['error', ...noTimers] },
  },
  {
    files: ['renderer/bridge.ts', 'renderer/bridge/**/*.ts'],
    rules: { 'no-restricted-syntax': 'off' },
  },
  {
    files: ['renderer/**/*.{ts,vue}'],
    rules: {
      'vue/multi-word-component-names': 'off',
      // Prettier lays out templates.
      'vue/max-attributes-per-line': 'off',
      'vue/singleline-html-element-content-newline': 'off',
      'vue/multiline-html-element-content-newline': 'off',
      'vue/html-indent': 'off',
      'vue/html-closing-bracket-newline': 'off',
      'vue/html-self-closing': 'off',
      // A page that shows what files contain never treats it as markup.
      'vue/no-v-html': 'error',
      'vue/block-lang': ['error', { script: { lang: 'ts' } }],
      // What a `.vue` file exports is known to vue-tsc (the step `types renderer`), not to the parser used here.
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
  {
    // Types of `.vue` files are vue-tsc's part: here each of them would make the program of all files anew, three seconds a file.
    files: ['**/*.vue'],
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: { parserOptions: { parser: tseslint.parser, extraFileExtensions: ['.vue'] } },
  },
  {
    files: ['tests/**/*.ts'],
    rules: {
      'max-lines': ['error', { max: 450 }],
      'no-restricted-syntax': 'off',
      'vue/one-component-per-file': 'off',
      // `expect(fake.method)` names a method without calling it.
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  {
    files: ['**/*.js', '**/*.cjs'],
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: { globals: { module: 'writable', require: 'readonly' } },
  },
);
