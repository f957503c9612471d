import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { defineConfig } from 'vitest/config'

import { findPythonWithRedis } from './src/cli/system-packages.ts'

// In tests the script of the dashboard is bundled when it is imported, so that they need no build.
const resolve = { alias: { '#dashboard-script': join(import.meta.dirname, 'src/http/dashboard/bundle-script.js') } }

// The cookbook imports the harness as users do.
const packageNames = {
  'ts-sentinel/harness/vitest': join(import.meta.dirname, 'src/harness/vitest.ts'),
  'ts-sentinel/harness': join(import.meta.dirname, 'src/harness/index.ts'),
}

/** Tests that change nothing that others see: their files share one graph of modules, which halves the time. */
const sharingTests = ['test/unit/**/*.test.ts', 'test/tidy/**/*.test.ts', 'test/scenarios/**/*.test.ts']

/** Those with signals, globals of a browser, and what a process has once. */
const isolatedTests = ['daemon', 'harness', 'logging', 'http/browser'].map((folder) => `test/unit/${folder}/**/*.test.ts`)

/** By default Vitest keeps one processor for itself, which needs little. */
const maxWorkers = availableParallelism()

// One project per ring: unit (milliseconds), isolated (the same, with signals and globals), simulation (seeds), fleet
// (real processes), cookbook (the recipes of docs/harness.md).
export default defineConfig({
  test: {
    coverage: { provider: 'v8', include: ['src/**'], reporter: ['text-summary', 'html'] },
    projects: [
      {
        resolve,
        test: {
          name: 'unit',
          include: sharingTests,
          exclude: isolatedTests,
          isolate: false,
          restoreMocks: true,
          unstubEnvs: true,
          maxWorkers,
          testTimeout: 20_000,
        },
      },
      {
        resolve,
        test: {
          name: 'isolated',
          include: isolatedTests,
          maxWorkers,
          testTimeout: 20_000,
        },
      },
      {
        resolve,
        test: {
          name: 'simulation',
          include: ['test/simulation/**/*.test.ts', 'test/compliance/**/*.test.ts'],
          maxWorkers,
          testTimeout: 120_000,
        },
      },
      {
        resolve,
        test: {
          name: 'fleet',
          // Some error texts of the genuine program depend on what setlocale leaves in errno: one locale everywhere.
          env: { LC_ALL: 'C.UTF-8' },
          include: ['test/integration/**/*.test.ts', 'test/interop/**/*.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 120_000,
          // Real processes mostly wait for each other, at half of two cores: three files at a time, after the others.
          maxWorkers: 3,
          sequence: { groupOrder: 1 },
        },
      },
      {
        resolve: { alias: { ...resolve.alias, ...packageNames } },
        test: {
          name: 'cookbook',
          env: { PYTHON: findPythonWithRedis() ?? 'python3' },
          include: ['test/cookbook/*.test.mjs'],
          maxWorkers: 2,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
})
