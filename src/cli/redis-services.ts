import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { connect } from 'node:net'

import type { Tool } from './package-managers.ts'

/** Ports of the services that a distribution's redis packages bring along: server, sentinel, exporter. */
const SERVICE_PORTS = [6379, 26_379, 9121]

/** The services that come with tools. */
export const SERVICES: Readonly<Partial<Record<Tool, string>>> = {
  'redis-server': 'redis-server',
  'redis-sentinel': 'redis-sentinel',
  'prometheus-redis-exporter': 'prometheus-redis-exporter',
  'promtool': 'prometheus',
  'haproxy': 'haproxy',
}

/** The services' ports on which a process listens. */
export async function listeningServicePorts(ports: readonly number[] = SERVICE_PORTS): Promise<number[]> {
  const answers = await Promise.all(ports.map(async (port) => ({ port, open: await accepts(port) })))
  return answers.filter(({ open }) => open).map(({ port }) => port)
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port, timeout: 500 })
    const end = (open: boolean): void => {
      socket.destroy()
      resolve(open)
    }
    socket.once('connect', () => { end(true) })
    socket.once('error', () => { end(false) })
    socket.once('timeout', () => { end(false) })
  })
}

/**
 * Makes sure that the services of freshly installed packages do not run, now and after the next boot: only their
 * programs are wanted. Services of packages that were there before are not touched.
 */
export function stopServices(services: readonly string[], asRoot: readonly string[]): void {
  for (const service of services) {
    const command = existsSync('/run/systemd/system')
      ? ['systemctl', 'disable', '--now', service]
      : ['service', service, 'stop']
    const [file = 'true', ...args] = [...asRoot, ...command]
    // A package without such a service is fine; what counts is who listens, and that is looked at afterwards.
    spawnSync(file, args, { stdio: 'ignore', timeout: 60_000 })
  }
}
