import stylistic from '@stylistic/eslint-plugin'
import tseslint from 'typescript-eslint'

const ambientTime = [
  { selector: "MemberExpression[object.name='Date'][property.name='now']", message: 'Time comes in as an argument: use now.mono or now.wall.' },
  { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: 'Time comes in as an argument: use now.wall.' },
  { selector: "MemberExpression[object.name='performance']", message: 'Time comes in as an argument: use now.mono.' },
  { selector: "MemberExpression[object.name='Math'][property.name='random']", message: 'Randomness is seeded: use the Random of the turn.' },
]

export default tseslint.config(
  { ignores: ['dist/**', 'node_modules/**', 'coverage/**'] },
  ...tseslint.configs.recommendedTypeChecked,
  stylistic.configs.customize({ indent: 2, quotes: 'single', semi: false, braceStyle: '1tbs', arrowParens: true }),
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      'eqeqeq': 'error',
      'no-console': 'error',
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 70, skipBlankLines: true, skipComments: true }],
      '@stylistic/max-len': ['error', { code: 120, ignoreStrings: true, ignoreTemplateLiterals: true, ignoreRegExpLiterals: true }],
      '@stylistic/multiline-ternary': 'off',
      '@stylistic/quotes': ['error', 'single', { avoidEscape: true }],
      '@stylistic/operator-linebreak': ['error', 'before', { overrides: { '=': 'after' } }],
      '@stylistic/max-statements-per-line': ['error', { max: 2 }],
    },
  },
  {
    files: ['src/core/**/*.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        ...ambientTime,
        { selector: 'AwaitExpression', message: 'The core is synchronous: step in, effects out.' },
        { selector: 'FunctionDeclaration[async=true]', message: 'The core is synchronous: step in, effects out.' },
        { selector: 'ArrowFunctionExpression[async=true]', message: 'The core is synchronous: step in, effects out.' },
      ],
    },
  },
  {
    files: ['src/text/**/*.ts', 'src/events/**/*.ts', 'src/commands/**/*.ts', 'src/config/**/*.ts', 'src/resp/**/*.ts', 'src/driver/**/*.ts'],
    rules: { 'no-restricted-syntax': ['error', ...ambientTime] },
  },
  {
    files: ['src/cli/**/*.ts', 'test/bench/**/*.ts', 'test/chaos/**/*.ts', 'test/coverage/**/*.ts', 'test/drills/**/*.ts', 'test/fuzz/**/*.ts', 'test/simulation/**/*.ts', 'test/soak/**/*.ts'],
    rules: { 'no-console': 'off' },
  },
  {
    files: ['test/**/*.ts'],
    rules: { 'max-lines-per-function': 'off' },
  },
  { files: ['**/*.js', '**/*.mjs'], extends: [tseslint.configs.disableTypeChecked] },
)
