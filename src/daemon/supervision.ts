/** Supervision by systemd or upstart: which kind is used and how readiness is signalled (config.md 1.7). */
import type { Logger } from '../ports/index.ts'
import { createSystemdNotifier } from './sd-notify.ts'

export type Supervision = 'no' | 'systemd' | 'upstart'

/** The kind of supervision in use. The environment decides for `supervised auto`. */
export function effectiveSupervision(
  configured: Supervision | 'auto', environment: Readonly<Record<string, string | undefined>>,
): Supervision {
  if (configured !== 'auto') return configured
  if (environment['UPSTART_JOB']) return 'upstart'
  return environment['NOTIFY_SOCKET'] ? 'systemd' : 'no'
}

/** Whether the supervisor can be notified. If not, the process starts unsupervised and `daemonize` takes effect. */
export function isSupervised(
  supervision: Supervision, environment: Readonly<Record<string, string | undefined>>,
): boolean {
  switch (supervision) {
    case 'no':
      return false
    case 'systemd':
      return Boolean(environment['NOTIFY_SOCKET'])
    case 'upstart':
      return Boolean(environment['UPSTART_JOB'])
  }
}

export interface SupervisorOptions {
  readonly supervision: Supervision
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly logger: Logger
  /** Stops this process with SIGSTOP until it gets SIGCONT. */
  readonly halt: () => void
}

/** Notifies the supervisor. With upstart the first message stops the process (SIGSTOP); upstart has no messages. */
export type Notify = (...variables: readonly string[]) => Promise<void>

export function createNotify({ supervision, environment, logger, halt }: SupervisorOptions): Notify {
  switch (supervision) {
    case 'no':
      return () => Promise.resolve()
    case 'systemd': {
      const notifier = createSystemdNotifier({ environment, logger })
      return (...variables) => notifier.send(...variables)
    }
    case 'upstart': {
      let waits = true
      return () => {
        if (waits) signalUpstart({ environment, logger, halt })
        waits = false
        return Promise.resolve()
      }
    }
  }
}

function signalUpstart({ environment, logger, halt }: Omit<SupervisorOptions, 'supervision'>): void {
  if (!environment['UPSTART_JOB']) {
    logger.log('warning', 'upstart supervision requested, but UPSTART_JOB not found!')
    return
  }
  logger.log('notice', 'supervised by upstart, will stop to signal readiness.')
  halt()
}
