import type { TiltCause } from '../core/index.ts'
import { durationText } from './duration-text.ts'

/** Why a sentinel is in TILT, as the end of a sentence. Undefined: an original sentinel does not say it. */
export function tiltCauseText(cause: TiltCause | undefined): string {
  switch (cause?.kind) {
    case undefined:
      return 'its clock jumped or the process was stopped'
    case 'stopped':
      return `the process did not run for ${durationText(cause.byMs)}`
    case 'forward':
      return `its clock jumped forward by ${durationText(cause.byMs)}`
    case 'back':
      return `its clock went back by ${durationText(cause.byMs)}`
  }
}

/** What to look at, as a sentence. */
export function tiltRemedy(cause: TiltCause | undefined): string {
  switch (cause?.kind) {
    case undefined:
      return 'Look at time synchronisation, CPU and swapping of its machine.'
    case 'stopped':
      return 'Look for what stopped the process: CPU, swapping, SIGSTOP, or a pause of the virtual machine.'
    case 'forward':
    case 'back':
      return 'Look at the time synchronisation of its machine (timedatectl, chronyc tracking).'
  }
}
