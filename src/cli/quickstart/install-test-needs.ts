import { clientToolsHere, ensurePackages, MissingToolsError } from '../system-packages.ts'

// The tests run real redis-servers, compare with the genuine sentinel and follow a failover with clients of all kinds.
const say = (line: string): void => { console.log(line) }
try {
  await ensurePackages(['redis-server', 'redis-sentinel', 'redis-cli', 'python3-redis', ...clientToolsHere(say)], say)
} catch (error) {
  if (!(error instanceof MissingToolsError)) throw error
  console.error(error.message)
  process.exitCode = 1
}
