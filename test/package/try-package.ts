/**
 * Packs the package, installs it in an empty project, and uses it there as its users do.
 *
 *   npm run try-package
 *   npm run try-package -- --all      also the examples for jest and BullMQ
 *
 * Needs redis-server, and the registry of npm for what users install beside it.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { parseArgs } from 'node:util'

import { claimPort, CommandConnection, eventually, messageOf, notYet } from '../../src/harness/index.ts'
import { languageExamplesHere } from '../interop/languages.ts'
import { ScratchProject } from './scratch-project.ts'

/** A test of a user may have at most so many lines. */
const MAX_TEST_LINES = 40

const ROOT = process.cwd()
const EXAMPLES = join(ROOT, 'test/examples')

interface Step {
  readonly name: string
  readonly run: (project: ScratchProject) => Promise<string>
}

/** Uses the types as a strict project does. */
const CONSUMER = `
import { createDaemon, loadConfig } from 'ts-sentinel'
import { killMaster, withDeployment, type Deployment, type VerifiedReport } from 'ts-sentinel/harness'

export const daemon = (): ReturnType<typeof createDaemon> => createDaemon(loadConfig('sentinel.conf'))
export const lost = (report: VerifiedReport): number => report.lost.length
export const drill = (): Promise<number> => withDeployment({ replicas: 1 }, async (deployment: Deployment) => {
  const writer = await deployment.startWriter()
  const { node } = await killMaster(deployment)
  const { master } = await deployment.waitUntilSettled({ awayFrom: node.address })
  return lost(await writer.verify(master))
})
`

/** What people look for in the package, beside the program. */
const COMES_ALONG = [
  'conf/sentinel.conf', 'conf/ts-sentinel.ini', 'conf/man/ts-sentinel.1', 'conf/proxy.conf', 'conf/man/ts-sentinel-proxy.1', 'conf/completion/ts-sentinel.bash',
  'conf/completion/_ts-sentinel', 'conf/examples/tls.conf', 'conf/examples/ts-sentinel.service', 'conf/examples/Dockerfile',
  'conf/examples/ts-sentinel-proxy.service', 'conf/examples/kubernetes-proxy.yaml', 'conf/examples/prometheus-proxy-alerts.yml',
  'conf/examples/compose.yaml', 'conf/examples/kubernetes.yaml', 'conf/examples/prometheus.yml',
  'conf/examples/prometheus-alerts.yml', 'conf/examples/grafana-dashboard.json', 'conf/examples/haproxy.cfg',
  'docs/configuration.md', 'docs/images/dashboard.png', 'SECURITY.md',
  'dist/ts-sentinel.js', 'dist/harness/index.cjs', 'dist/cjs/harness/index.d.ts', 'test/examples/ioredis/orders.mjs', 'test/examples/ioredis/vitest.test.mjs',
  'test/examples/ioredis/node-test.mjs', 'test/examples/ioredis/jest.test.mjs', 'test/examples/bullmq/worker.mjs',
  'test/examples/python/test_orders.py', 'conf/harness-openapi.json',
]

/** The same from CommonJS, where TypeScript and jest take a file of its own. */
const REQUIRING = `
import harness = require('ts-sentinel/harness')

export const drill = (): Promise<string> => harness.withDeployment({ replicas: 0, requires: 'redis>=6.2' }, async (deployment) => {
  const node: harness.RedisProcess = await deployment.currentMaster()
  return node.name
})
`

/** Hooks are named as in jest, or as in mocha. */
const HOOKS = `
const { deploymentFixture } = require('ts-sentinel/harness')
const [start, end] = typeof beforeAll === 'function' ? [beforeAll, afterAll] : [before, after]
describe('a fixture', () => {
  const deployment = deploymentFixture({ before: start, after: end, replicas: 1, sentinels: 1 })
  it('runs', async () => {
    if (await deployment().node(0).call(['PING']) !== 'PONG') throw new Error('no answer')
  })
})
`

const REQUIRE = `
const { withDeployment } = require('ts-sentinel/harness')
withDeployment({ replicas: 0, sentinels: 1 }, async (deployment) => console.log((await deployment.currentMaster()).name))
`

const STRICT = ['--noEmit', '--strict', '--target', 'es2022', '--types', 'node', '--exactOptionalPropertyTypes']

const STEPS: readonly Step[] = [
  {
    name: 'the package holds what it should, and no sources or tests but the examples',
    run: (project) => {
      const installed = join(project.folder, 'node_modules/ts-sentinel')
      const missing = COMES_ALONG.filter((path) => !existsSync(join(installed, path)))
      if (missing.length > 0) throw new Error(`missing: ${missing.join(', ')}`)
      const top = readdirSync(installed).sort()
      const odd = top.filter((name) => ['src', 'node_modules', '.ci', 'tsconfig.json'].includes(name))
        .concat(readdirSync(join(installed, 'test')).filter((name) => name !== 'examples'))
      if (odd.length > 0) throw new Error(`unwanted: ${odd.join(', ')}`)
      return Promise.resolve(top.join(' '))
    },
  },
  {
    name: 'npx ts-sentinel --version',
    run: (project) => project.mustRun('npx', ['ts-sentinel', '--version']),
  },
  { name: 'npx ts-sentinel sentinel.conf', run: startSentinel },
  {
    name: 'npx ts-sentinel drill --scenario kill-master',
    // What no replica had yet may be lost: replication is asynchronous.
    run: (project) => project.mustRun('npx', [
      'ts-sentinel', 'drill', '--scenario', 'kill-master', '--max-lost', '1000', '--report', 'report',
    ]),
  },
  {
    name: 'drill without redis-server says what to install',
    run: async (project) => {
      const args = ['ts-sentinel', 'drill', '--scenario', 'kill-master', '--redis-server', '/nowhere/redis-server']
      const { code, output } = await project.run('npx', args)
      if (code !== 2 || !output.includes('Install one') || !output.includes('with --redis-server')) throw new Error(`ended with ${code}: ${output}`)
      return output
    },
  },
  {
    name: `the test for vitest, below ${MAX_TEST_LINES} lines`,
    run: async (project) => {
      checkLength('ioredis/vitest.test.mjs')
      return project.mustRun('npx', ['vitest', 'run', '--root', '.', 'vitest.test.mjs'])
    },
  },
  {
    name: `the test for node:test, below ${MAX_TEST_LINES} lines`,
    run: async (project) => {
      checkLength('ioredis/node-test.mjs')
      return project.mustRun(process.execPath, ['--test', 'node-test.mjs'])
    },
  },
  {
    name: "require('ts-sentinel/harness'), without a warning",
    run: async (project) => {
      const output = await project.mustRun(process.execPath, ['require.cjs'])
      if (output !== 'redis-0\n') throw new Error(output)
      return output
    },
  },
  {
    name: `tests in other languages by ts-sentinel harness run, below ${MAX_TEST_LINES} lines each`,
    run: async (project) => {
      const scripts = languageExamplesHere().filter(({ compile }) => compile === undefined)
      const outputs = await Promise.all(scripts.map(async ({ path, command, language }) => {
        checkLength(path)
        project.write(basename(path), readFileSync(join(EXAMPLES, path), 'utf8'))
        const args = ['ts-sentinel', 'harness', 'run', '--', ...command(basename(path))]
        return `${language}:\n${await project.mustRun('npx', args, { PYTHONDONTWRITEBYTECODE: '1' })}`
      }))
      return outputs.join('')
    },
  },
  ...(['NodeNext', 'Bundler'] as const).map((resolution) => ({
    name: `the types compile: strict, ${resolution}, libraries checked too`,
    run: (project: ScratchProject) => {
      const module = resolution === 'NodeNext' ? 'NodeNext' : 'ESNext'
      const files = resolution === 'NodeNext' ? ['consumer.ts', 'requiring.cts'] : ['consumer.ts']
      return project.mustRun('npx', ['tsc', ...STRICT, '--module', module, '--moduleResolution', resolution, ...files])
    },
  })),
  {
    name: 'the types compile: the test for vitest',
    run: (project) => project.mustRun('npx', [
      'tsc', ...STRICT, '--skipLibCheck', '--allowJs', '--checkJs', '--module', 'NodeNext', 'vitest.test.mjs', 'node-test.mjs',
    ]),
  },
]

/** Releases of TypeScript that compile what uses the package, beside the newest one. */
const COMPILERS = ['typescript@5.4', 'typescript@5.9', '@typescript/native-preview']

const MORE_STEPS: readonly Step[] = [
  ...COMPILERS.map((compiler) => ({
    name: `the types compile: ${compiler}, ESM and CommonJS`,
    run: async (project: ScratchProject) => {
      await project.install(`compiler@npm:${compiler}`)
      const program = compiler.startsWith('typescript@') ? 'tsc' : 'tsgo'
      const path = join(project.folder, 'node_modules/compiler/bin', program)
      return project.mustRun(process.execPath, [path, ...STRICT, '--module', 'NodeNext', 'consumer.ts', 'requiring.cts'])
    },
  })),
  {
    name: 'the test for vitest 3',
    run: async (project) => {
      await project.install('vitest@3')
      return project.mustRun('npx', ['vitest', 'run', '--root', '.', 'vitest.test.mjs'])
    },
  },
  {
    name: 'jest with CommonJS, and mocha',
    run: async (project) => {
      await project.install('jest', 'mocha')
      project.write('hooks.test.cjs', HOOKS)
      const jest = await project.mustRun('npx', ['jest', '--testMatch', '**/hooks.test.cjs'])
      return `${jest}\n${await project.mustRun('npx', ['mocha', 'hooks.test.cjs'])}`
    },
  },
  {
    name: 'the example for jest',
    run: async (project) => {
      await project.install('jest')
      project.write('jest.config.mjs', 'export default { testMatch: ["**/jest.test.mjs"], transform: {} }\n')
      return project.mustRun('npx', ['jest'], { NODE_OPTIONS: '--experimental-vm-modules' })
    },
  },
  {
    name: 'the example for BullMQ',
    run: async (project) => {
      await project.install('bullmq')
      project.copy(join(EXAMPLES, 'bullmq'))
      return project.mustRun(process.execPath, ['--test', 'node-test.mjs'])
    },
  },
]

const say = (line: string): void => { process.stdout.write(`${line}\n`) }
const { values } = parseArgs({
  options: { all: { type: 'boolean', default: false }, keep: { type: 'boolean', default: false } },
})
process.exitCode = await main()

async function main(): Promise<number> {
  const project = new ScratchProject()
  let failed = 0
  try {
    await prepare(project)
    for (const { name, run } of [...STEPS, ...values.all ? MORE_STEPS : []]) {
      try {
        const output = await run(project)
        say(`ok      ${name}\n${indented(output)}`)
      } catch (error) {
        failed += 1
        say(`FAILED  ${name}\n${indented(messageOf(error))}`)
      }
    }
  } finally {
    if (values.keep) say(`kept ${project.folder}`)
    else project.remove()
  }
  say(failed === 0 ? 'all well' : `${failed} failed`)
  return failed === 0 ? 0 : 1
}

async function prepare(project: ScratchProject): Promise<void> {
  await project.mustRun('npm', ['pack', ROOT, '--loglevel=error'])
  const tarball = readdirSync(project.folder).find((name) => name.endsWith('.tgz'))
  if (tarball === undefined) throw new Error('npm pack left no tarball')
  await project.install(`./${tarball}`, 'ioredis', 'vitest', 'typescript', '@types/node@20')
  project.copy(join(EXAMPLES, 'ioredis'))
  project.write('consumer.ts', CONSUMER)
  project.write('requiring.cts', REQUIRING)
  project.write('require.cjs', REQUIRE)
}

async function startSentinel(project: ScratchProject): Promise<string> {
  const claimed = await claimPort()
  project.write('sentinel.conf', `port ${claimed.port}\nsentinel monitor mymaster 127.0.0.1 6379 1\n`)
  const running = project.run('npx', ['ts-sentinel', 'sentinel.conf'])
  const connection = new CommandConnection({ host: '127.0.0.1', port: claimed.port })
  try {
    const id = await eventually('the sentinel to answer', async () => {
      const answer = String(await connection.call(['SENTINEL', 'MYID'], 1_000))
      if (!/^[0-9a-f]{40}$/.test(answer)) throw notYet(answer)
      return answer
    })
    return `answers, with the id ${id}`
  } finally {
    await connection.call(['SHUTDOWN']).catch(() => undefined)
    connection.close()
    await running
    claimed.release()
  }
}

function checkLength(example: string): void {
  const lines = readFileSync(join(EXAMPLES, example), 'utf8').trimEnd().split('\n').length
  if (lines >= MAX_TEST_LINES) throw new Error(`${example} has ${lines} lines`)
}

function indented(text: string): string {
  return text.trimEnd().split('\n').map((line) => `        ${line}`).join('\n')
}
