import {defineConfig} from 'vitest/config'

export default defineConfig({
  // With NODE_ENV=production React has no development runtime for JSX.
  oxc: {jsx: {runtime: 'automatic', development: false}},
  test: {
    include: ['test/**/*.test.ts', 'test/**/*.test.tsx'],
    globalSetup: ['test/helpers/run-folder.ts'],
    testTimeout: 20_000,
    hookTimeout: 30_000,
    // Two cores: real servers and children run beside the tests, more workers only make deadlines miss.
    maxWorkers: 2,
    env: {NODE_ENV: 'production'},
  },
})
