/**
 * Installs what the tests need: redis-server, the genuine sentinel for comparisons, clients that follow a failover, and
 * a browser for the dashboard.
 */
import '../launch/no-debugger-first.ts'
import { browserProgram, clientToolsHere, ensurePackages, MissingToolsError } from '../system-packages.ts'

const say = (line: string): void => { console.log(line) }

/** Returns whether the tests can run. */
async function installTestNeeds(): Promise<boolean> {
  try {
    await ensurePackages(['redis-server', 'redis-sentinel', 'redis-cli', 'python3-redis', ...clientToolsHere(say)], say)
  } catch (error) {
    if (!(error instanceof MissingToolsError)) throw error
    console.error(error.message)
    return false
  }
  // Not every system has a package of this name. Without it, the tests of the dashboard are skipped.
  try {
    if (browserProgram() === undefined) await ensurePackages(['chromium'], say)
  } catch (error) {
    if (!(error instanceof MissingToolsError)) throw error
    console.log(`The tests of the dashboard in a browser are skipped: ${error.message}`)
  }
  return true
}

if (await installTestNeeds()) say('Running all tests (about 25 minutes on 2 cores) ...')
else process.exitCode = 1
