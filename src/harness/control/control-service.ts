import { startDeployment, type Deployment } from '../deployment.ts'
import { messageOf } from '../eventually.ts'
import type { FaultPoint } from '../faults.ts'
import { applicationEnvironment } from './application-environment.ts'
import { asControlError, ControlError } from './control-error.ts'
import { stateOf } from './deployment-state.ts'
import { DEPLOYMENT_SCHEMA } from './deployment-schema.ts'
import { FAULTS } from './fault-operations.ts'
import { MACHINE_FAULTS } from './machine-faults.ts'
import { OBSERVATIONS } from './observations.ts'
import { faultDocument, operation, type ControlledDeployment, type Operation } from './operation.ts'
import { object, optional, readArguments, suggestion, text } from './parameters.ts'

/** A deployment more is a mistake of the caller: each has some processes. */
const MAX_DEPLOYMENTS = 100

/** Number of failed operations that are kept for the report of a command that fails. */
const MAX_FAILURES = 10

const END_FAULT = operation('ends a fault that was answered with an id', { fault: text('the id') },
  ({ faults }, { fault }) => endFault(faults, fault))

/** Everything that can be done with a deployment, by name. */
export const OPERATIONS: Readonly<Record<string, Operation>> = { ...OBSERVATIONS, ...FAULTS, ...MACHINE_FAULTS, 'end-fault': END_FAULT }

/** The arguments that start a deployment. */
export const START_PARAMETERS = {
  deployment: optional(text('a name for it, of letters, digits, dashes and underscores; default: deployment-1 and so on')),
  options: optional(object('what to start', DEPLOYMENT_SCHEMA)),
}

/** Deployments that are controlled from outside of this process, through HTTP and JSON lines. */
export class ControlService {
  readonly #deployments = new Map<string, ControlledDeployment>()
  /** Names of deployments that are starting. */
  readonly #starting = new Map<string, Promise<unknown>>()
  readonly #faults = new Map<string, AsyncDisposable>()
  readonly #failures: string[] = []
  #started = 0
  #caused = 0
  #closed = false

  /** The names of the deployments that run. */
  get names(): readonly string[] {
    return [...this.#deployments.keys()]
  }

  /** The last operations that failed, oldest first: the name and the first line of the reason. */
  get failures(): readonly string[] {
    return this.#failures
  }

  /** Starts a deployment. @throws ControlError when an argument is invalid or it cannot be started */
  async start(given: unknown): Promise<object> {
    const { deployment: wanted, options = {} } = readArguments('start', START_PARAMETERS, given)
    const id = this.#newName(wanted)
    const starting = startDeployment(options)
    this.#starting.set(id, starting.catch(() => undefined))
    try {
      const deployment = await starting
      if (this.#closed) {
        await deployment.stop()
        throw new ControlError(409, { what: 'the harness ends', where: 'start', whatToDo: 'start another one' })
      }
      this.add(id, deployment)
      return { deployment: id, environment: applicationEnvironment(deployment), state: await stateOf(deployment) }
    } catch (error) {
      throw asControlError(error, 'start')
    } finally {
      this.#starting.delete(id)
    }
  }

  /** Takes a deployment under control that runs already. */
  add(id: string, deployment: Deployment): void {
    this.#deployments.set(id, { id, deployment, writers: new Map(), faults: this.#faults })
  }

  /** Stops a deployment and removes its folder. @throws ControlError when there is none of this name */
  async stop(id: string | undefined): Promise<object> {
    const target = this.#named(id, 'stop')
    this.#deployments.delete(target.id)
    try {
      await target.deployment.stop()
    } catch (error) {
      throw asControlError(error, `deployments/${target.id}`)
    }
    return {}
  }

  /**
   * Runs one operation on a deployment.
   *
   * @param id may be left out where there is only one deployment
   * @throws ControlError
   */
  async run(name: string, id: string | undefined, given: unknown): Promise<unknown> {
    try {
      return await this.#run(name, id, given)
    } catch (error) {
      const [reason = ''] = messageOf(error).split('\n')
      this.#failures.push(`${name}: ${reason}`)
      if (this.#failures.length > MAX_FAILURES) this.#failures.shift()
      throw error
    }
  }

  async #run(name: string, id: string | undefined, given: unknown): Promise<unknown> {
    const target = this.#named(id, name)
    const found = Object.hasOwn(OPERATIONS, name) ? OPERATIONS[name] : undefined
    if (found === undefined) {
      throw new ControlError(404, {
        what: `there is no operation ${JSON.stringify(name)}`,
        where: `deployments/${target.id}/${name}`,
        whatToDo: suggestion(name, Object.keys(OPERATIONS), 'the operations are', ''),
      })
    }
    const values = readArguments(name, found.parameters, given)
    try {
      return this.#answer(await found.run(target, values))
    } catch (error) {
      throw asControlError(error, `deployments/${target.id}/${name}`)
    }
  }

  /** Stops all deployments, those that are starting too. @throws Error when one did not stop cleanly */
  async close(): Promise<void> {
    this.#closed = true
    await Promise.all(this.#starting.values())
    const failures: string[] = []
    await Promise.all(this.names.map(async (id) => {
      try {
        await this.stop(id)
      } catch (error) {
        failures.push(messageOf(error))
      }
    }))
    if (failures.length > 0) throw new Error(failures.join('; '))
  }

  /** A fault that can be ended gets an id. */
  #answer(result: unknown): unknown {
    if (!isEnding(result)) return result ?? {}
    this.#caused += 1
    const fault = `fault-${this.#caused}`
    this.#faults.set(fault, result)
    return faultDocument(fault, result)
  }

  #named(id: string | undefined, where: string): ControlledDeployment {
    const [first, ...more] = this.#deployments.values()
    const found = id === undefined && more.length === 0 ? first : this.#deployments.get(id ?? '')
    if (found !== undefined) return found
    throw new ControlError(404, {
      what: id === undefined ? 'the name of the deployment is missing' : `there is no deployment ${JSON.stringify(id)}`,
      where,
      whatToDo: suggestion(id ?? '', this.names, 'the deployments are', 'start one first'),
    })
  }

  #newName(wanted: string | undefined): string {
    const where = 'start: deployment'
    if (wanted !== undefined && !/^[\w-]{1,64}$/.test(wanted)) {
      throw new ControlError(400, {
        what: `${JSON.stringify(wanted)} is no name for a deployment`, where, whatToDo: 'use letters, digits, dashes and underscores, 64 at most',
      })
    }
    if (this.#deployments.size + this.#starting.size >= MAX_DEPLOYMENTS) {
      throw new ControlError(409, { what: `${MAX_DEPLOYMENTS} deployments run`, where, whatToDo: 'stop one first' })
    }
    this.#started += 1
    const id = wanted ?? `deployment-${this.#started}`
    if (this.#deployments.has(id) || this.#starting.has(id)) {
      throw new ControlError(409, { what: `there is a deployment ${id} already`, where, whatToDo: 'give another name, or stop it first' })
    }
    return id
  }
}

/** Whether an operation returned a fault that can be ended. */
function isEnding(value: unknown): value is AsyncDisposable & Partial<FaultPoint> {
  return typeof value === 'object' && value !== null && Symbol.asyncDispose in value
    && typeof value[Symbol.asyncDispose] === 'function'
}

async function endFault(faults: Map<string, AsyncDisposable>, id: string): Promise<void> {
  const found = faults.get(id)
  if (found === undefined) {
    throw new ControlError(404, {
      what: `there is no fault ${JSON.stringify(id)}`,
      where: 'end-fault: fault',
      whatToDo: suggestion(id, [...faults.keys()], 'the faults are', 'no fault with an id is in effect'),
    })
  }
  faults.delete(id)
  await found[Symbol.asyncDispose]()
}
