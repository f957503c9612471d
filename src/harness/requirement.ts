import { planMasters, type DeploymentOptions } from './options.ts'
import { findServer, isThere, type ServerProgram } from './server-program.ts'
import { releaseOf, type ServerRelease } from './server-release.ts'

/** The servers of a deployment do not meet its `requires`. */
export class RequirementError extends Error {
  override readonly name = 'RequirementError'
}

/** Valkey counts as this release of Redis, whose commands it has. */
const VALKEY_IS_REDIS = [7, 2, 4]

const REQUIREMENT = /^(redis|valkey)((?:\s*(?:>=|<=|>|<|=)\s*\d+(?:\.\d+){0,2})*)$/

/** Whether this is a requirement such as `redis`, `valkey>=8` or `redis>=6.2 <8`. */
export function isRequirement(text: string): boolean {
  return REQUIREMENT.test(text.trim())
}

/**
 * Why this machine cannot run the deployment, for tests that are skipped then: a server does not meet `requires`.
 * Undefined when all do. A missing server is none of these reasons: the start reports it.
 */
export async function unmetRequirement(options: DeploymentOptions): Promise<string | undefined> {
  const { requires } = options
  if (requires === undefined) return undefined
  const wanted = typeof requires === 'string' ? [requires] : requires
  const servers = new Set(planMasters(options).flatMap(({ nodes }) => nodes.map(({ server }) => server)))
  for (const server of servers) {
    const reason = await unmetBy(server, wanted, options)
    if (reason !== undefined) return reason
  }
  return undefined
}

/** @throws RequirementError when a server does not meet `requires` */
export async function checkRequirement(options: DeploymentOptions): Promise<void> {
  const unmet = await unmetRequirement(options)
  if (unmet !== undefined) throw new RequirementError(unmet)
}

async function unmetBy(
  server: ServerProgram | undefined, wanted: readonly string[], { programs }: DeploymentOptions,
): Promise<string | undefined> {
  const found = await findServer(server, programs)
  if (!isThere(found)) return undefined
  const release = await releaseOf(found.file, found.env)
  if (wanted.some((one) => meets(release, one))) return undefined
  return `this deployment requires ${wanted.join(' or ')}, and ${found.file} is ${
    release.version === undefined ? 'of an unknown release' : `${release.product === 'valkey' ? 'Valkey' : 'Redis'} ${release.version}`
  }`
}

/** Whether a release meets one requirement. A comparison looks at as many numbers as it has: 7.0.15 is not above 7. */
export function meets(release: ServerRelease, requirement: string): boolean {
  const [, product, conditions = ''] = REQUIREMENT.exec(requirement.trim()) ?? []
  if (release.version === undefined || (product === 'valkey' && release.product !== 'valkey')) return false
  const isValkeyAsRedis = product === 'redis' && release.product === 'valkey'
  const numbers = isValkeyAsRedis ? VALKEY_IS_REDIS : release.version.split('.').map(Number)
  return [...conditions.matchAll(/(>=|<=|>|<|=)\s*([\d.]+)/g)].every(([, operator, than = '']) => {
    const difference = compared(numbers, than.split('.').map(Number))
    switch (operator) {
      case '>=': return difference >= 0
      case '<=': return difference <= 0
      case '>': return difference > 0
      case '<': return difference < 0
      default: return difference === 0
    }
  })
}

function compared(numbers: readonly number[], than: readonly number[]): number {
  for (const [at, number] of than.entries()) {
    const difference = (numbers[at] ?? 0) - number
    if (difference !== 0) return difference
  }
  return 0
}
