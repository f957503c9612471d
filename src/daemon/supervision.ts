/** Who watches over this process (config.md 1.7). */
export type Supervision = 'no' | 'systemd' | 'upstart'

/** What `supervised auto` means here. */
export function effectiveSupervision(
  configured: Supervision | 'auto', environment: Readonly<Record<string, string | undefined>>,
): Supervision {
  if (configured !== 'auto') return configured
  if (environment['UPSTART_JOB']) return 'upstart'
  return environment['NOTIFY_SOCKET'] ? 'systemd' : 'no'
}

/** Whether the supervisor can be talked to. If not, the process starts unsupervised and `daemonize` works. */
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
