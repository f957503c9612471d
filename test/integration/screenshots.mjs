// Runs the tests of the dashboard and keeps their pictures: light, dark and phone of each scene.
// Usage: npm run screenshots -- <folder>
import { spawnSync } from 'node:child_process'
import { resolve } from 'node:path'

const [folder] = process.argv.slice(2)
if (folder === undefined) {
  process.stderr.write('usage: npm run screenshots -- <folder>\n')
  process.exit(2)
}
const { status } = spawnSync('npx', ['vitest', 'run', '--project', 'fleet', 'test/integration/dashboard'], {
  stdio: 'inherit', env: { ...process.env, DASHBOARD_SHOTS: resolve(folder) },
})
process.exit(status ?? 1)
