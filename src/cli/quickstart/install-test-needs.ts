import { browserProgram, clientToolsHere, ensurePackages, MissingToolsError } from '../system-packages.ts'

// The tests run real redis-servers, compare with the genuine sentinel and follow a failover with clients of all kinds.
// One of them looks at the dashboard in a browser.
const say = (line: string): void => { console.log(line) }
try {
  await ensurePackages(['redis-server', 'redis-sentinel', 'redis-cli', 'python3-redis', ...clientToolsHere(say)], say)
} catch (error) {
  if (!(error instanceof MissingToolsError)) throw error
  console.error(error.message)
  process.exitCode = 1
}
// Not every system has a package of it under this name: without one, the tests of the dashboard are left out.
try {
  if (browserProgram() === undefined) await ensurePackages(['chromium'], say)
} catch (error) {
  if (!(error instanceof MissingToolsError)) throw error
  console.log(`The dashboard will not be looked at in a browser: ${error.message}`)
}
