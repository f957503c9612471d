import { ensurePackages, MissingToolsError } from '../system-packages.ts'

// The tests run real redis-servers, compare with the genuine sentinel and follow a failover with a Python client.
try {
  await ensurePackages(['redis-server', 'redis-sentinel', 'redis-cli', 'python3-redis'], (line) => { console.log(line) })
} catch (error) {
  if (!(error instanceof MissingToolsError)) throw error
  console.error(error.message)
  process.exitCode = 1
}
