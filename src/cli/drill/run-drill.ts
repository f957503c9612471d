/** `ts-sentinel drill`: runs failovers and measures their cost. */
import {
  installCommand, messageOf, runScenario, SCENARIOS, type Deployment, type ProgramPaths, type ScenarioResult,
} from '../../harness/index.ts'
import { PACKAGE_VERSION } from '../../daemon/index.ts'
import { UsageError } from '../connection/errors.ts'
import { executablePath, findProgram } from '../system-packages.ts'
import type { DrillWorld } from './drill-world.ts'
import { DrilledCommand } from './drilled-command.ts'
import { HELP } from './help.ts'
import { parseDrillOptions, type DeploymentDrill, type DrillOptions, type TargetDrill } from './options.ts'
import { hasFailed, reportOf, seconds } from './report.ts'
import { resultTable } from './result-table.ts'
import { drillTarget } from './target-drill.ts'
import { writeReport } from './write-report.ts'

/** Runs the drill. Resolves with the exit status: 0 all passed, 1 something failed, 2 the drill could not start. */
export async function runDrill(args: readonly string[], world: DrillWorld): Promise<number> {
  try {
    return await drill(parseDrillOptions(args, world.environment), world)
  } catch (error) {
    const hint = error instanceof UsageError ? '\nTry: ts-sentinel drill --help' : ''
    world.printError(`ts-sentinel drill: ${messageOf(error)}${hint}\n`)
    return 2
  }
}

async function drill(options: DrillOptions, world: DrillWorld): Promise<number> {
  switch (options.kind) {
    case 'help':
      world.print(HELP)
      return 0
    case 'list':
      world.print(`${SCENARIOS.map(({ name, title }) => `${name.padEnd(24)} ${title}`).join('\n')}\n`)
      return 0
    case 'deployment':
      return await account(options, world, () => runScenarios(options, world), options.downAfterMs)
    case 'target':
      return await account(options, world, async () => [await drillTarget(options, world)], 0)
  }
}

async function runScenarios(options: DeploymentDrill, world: DrillWorld): Promise<ScenarioResult[]> {
  const programs = findPrograms(options)
  const { exec, proxy } = options
  const results: ScenarioResult[] = []
  for (const name of options.scenarios) {
    world.printError(`${name} …\n`)
    const result = await runScenario(name, {
      deployment: {
        sentinels: options.sentinels,
        downAfterMs: options.downAfterMs,
        ...(proxy !== undefined && { proxy: { config: proxy } }),
        programs: {
          ...(world.program !== undefined && { tsSentinel: world.program }),
          ...programs,
        },
        folderPrefix: 'ts-sentinel-drill',
      },
      settleMs: options.limitMs,
      ...(exec !== undefined && {
        application: (deployment: Deployment) => DrilledCommand.start(exec, deployment, options.execWaitMs),
      }),
    })
    results.push(result)
    world.printError(`${name}: ${result.verdict === 'skipped' ? 'skipped' : `ended after ${seconds(result.durationMs)}`}\n`)
  }
  return results
}

/** @throws Error naming the option of a program that does not exist */
function findPrograms({ redisServer, redisSentinel, sentinels }: DeploymentDrill): ProgramPaths {
  return {
    redisServer: programPath('redis-server', redisServer ?? process.env['REDIS_SERVER'], 'valkey-server'),
    ...(sentinels.includes('genuine') && { redisSentinel: programPath('redis-sentinel', redisSentinel) }),
  }
}

function programPath(
  name: 'redis-server' | 'redis-sentinel', given: string | undefined, instead?: string,
): string {
  const path = given?.includes('/') === true ? executablePath(given)
    : findProgram(given ?? name) ?? (given === undefined && instead !== undefined ? findProgram(instead) : undefined)
  if (path !== undefined) return path
  throw new Error([
    given === undefined ? `${name} is not on the PATH.` : `--${name} ${given} is not a program.`,
    `Install one (${installCommand(name)})`,
    `or give its path with --${name}.`,
  ].join(' '))
}

type Run = () => Promise<readonly ScenarioResult[]>

/** Runs the drill, prints its account, and writes the report. `downAfterMs` is used where no result has it. */
async function account(
  { limits, report: folder }: DeploymentDrill | TargetDrill, world: DrillWorld, run: Run, downAfterMs: number,
): Promise<number> {
  const startedAt = Date.now()
  const results = await run()
  const report = reportOf({
    startedAt, elapsedMs: Date.now() - startedAt, limits, results, downAfterMs,
    versions: { tsSentinel: PACKAGE_VERSION, node: process.versions.node },
  })
  world.print(resultTable(report, { isColoured: world.isColoured === true }))
  if (folder !== undefined) {
    for (const path of writeReport(folder, report)) world.print(`wrote ${path}\n`)
  }
  return hasFailed(report) ? 1 : 0
}
