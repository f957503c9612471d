import { clockJump } from '../faults/clock.ts'
import { diskFull, slowDisk } from '../faults/disk.ts'
import type { Resolver } from '../resolver.ts'
import { ControlError } from './control-error.ts'
import { operation, processNamed, type ControlledDeployment, type Operation } from './operation.ts'
import { flag, number, oneOf, optional, text } from './parameters.ts'

const PROCESS = text('the name of a node or sentinel, such as redis-0 or sentinel-1')
const NAME = text('the host name')

/** A day more than a leap year, in milliseconds: no test needs a clock that is further off. */
const MOST_JUMP_MS = 367 * 86_400_000

/** Faults of the machine under a process: its disk, its clock, and the names that it looks up. */
export const MACHINE_FAULTS = {
  'disk-full': operation('every write of a process to a file fails; needs the program prlimit', { process: PROCESS },
    (target, { process }) => diskFull(target.deployment, processNamed(target, process))),
  'slow-disk': operation('makes each fsync of a process take longer; needs the program strace, but not for sentinels of ours in a deployment with slowDisks', {
    process: PROCESS, delayMs: number('milliseconds', 1),
  }, (target, { process, delayMs }) => slowDisk(target.deployment, processNamed(target, process), delayMs)),
  'clock-jump': operation('sets the clock of a process forward or back; the deployment needs clockFaults', {
    process: PROCESS,
    jumpMs: number('milliseconds, below 0: back', -MOST_JUMP_MS, MOST_JUMP_MS),
    monotonic: optional(flag('whether the monotonic clock jumps as well, only of sentinels of ours; default: false')),
  }, (target, { process, jumpMs, monotonic = false }) => (
    clockJump(target.deployment, processNamed(target, process), jumpMs, { monotonic })
  )),
  'resolver-fail': operation('a host name cannot be resolved by sentinels of ours and Node programs; the deployment needs resolver', {
    name: NAME, how: optional(oneOf('no such name, a failing name server, or no answer; default: ENOTFOUND', ['ENOTFOUND', 'EAI_AGAIN', 'hang'])),
  }, (target, { name, how }) => resolver(target).fail(name, how)),
  'resolver-move': operation('a host name has another IP address for sentinels of ours and Node programs; the deployment needs resolver', {
    name: NAME, address: text('an IP address'),
  }, (target, { name, address }) => resolver(target).move(name, address)),
} as const satisfies Readonly<Record<string, Operation>>

function resolver({ deployment }: ControlledDeployment): Resolver {
  if (deployment.resolver !== undefined) return deployment.resolver
  throw new ControlError(409, {
    what: 'the deployment has no resolver, which faults of host names need',
    where: 'resolver',
    whatToDo: 'start it with resolver: true (harness run --resolver)',
  })
}
