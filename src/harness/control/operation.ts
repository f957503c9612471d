import type { Deployment } from '../deployment.ts'
import type { FaultPoint } from '../faults.ts'
import { formatAddress } from '../address.ts'
import type { NodeProcess } from '../node-process.ts'
import type { Writer } from '../writer.ts'
import { ControlError } from './control-error.ts'
import { suggestion, type Parameters, type Values } from './parameters.ts'

/** A deployment under control, with what callers have started on it. */
export interface ControlledDeployment {
  readonly id: string
  readonly deployment: Deployment
  readonly writers: Map<string, Writer>
  /** By id, those that `end-fault` can end; of all deployments. */
  readonly faults: Map<string, AsyncDisposable>
}

/** One thing that callers can do with a deployment. */
export interface Operation {
  /** In one line, for OpenAPI and the documentation. */
  readonly summary: string
  readonly parameters: Parameters
  /** Returns what the caller gets as JSON; undefined: an empty object. */
  readonly run: (target: ControlledDeployment, values: Readonly<Record<string, unknown>>) => unknown
}

/** Describes an operation; `run` gets the values that were read for its parameters. */
export function operation<P extends Parameters>(
  summary: string, parameters: P, run: (target: ControlledDeployment, values: Values<P>) => unknown,
): Operation {
  return { summary, parameters, run: (target, values) => run(target, values as Values<P>) }
}

/**
 * A fault as JSON: its id, and as far as they are known the process that it hit and its place in the timeline, which is
 * the argument `after` of other operations.
 */
export function faultDocument(id: string, { node, at, position }: Partial<FaultPoint>): object {
  return {
    fault: id,
    ...(node !== undefined && { process: node.name, address: formatAddress(node.address) }),
    ...(at !== undefined && { at, position }),
  }
}

/** The node, sentinel or proxy of this name. @throws ControlError naming those that exist */
export function processNamed({ deployment }: ControlledDeployment, name: string): NodeProcess {
  const { nodes, sentinels, proxy } = deployment
  const all: readonly NodeProcess[] = [...nodes, ...sentinels, ...proxy === undefined ? [] : [proxy]]
  const found = all.find((one) => one.name === name)
  if (found !== undefined) return found
  throw new ControlError(404, {
    what: `no process is named ${JSON.stringify(name)}`,
    where: 'process',
    whatToDo: suggestion(name, all.map((one) => one.name), 'the processes are', 'the deployment has no processes'),
  })
}
