import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { connect } from 'node:net'

import type { Tool } from './package-managers.ts'

/** Ports of the services in the redis packages of distributions: server, sentinel, exporter. */
const SERVICE_PORTS = [6379, 26_379, 9121]

/** The services that are installed with tools. */
export const SERVICES: Readonly<Partial<Record<Tool, string>>> = {
  'redis-server': 'redis-server',
  'redis-sentinel': 'redis-sentinel',
  'prometheus-redis-exporter': 'prometheus-redis-exporter',
  'promtool': 'prometheus',
  'haproxy': 'haproxy',
}

/** Those of the ports on which a process listens. */
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
 * Stops the services of newly installed packages and disables them for the next boot: only their programs are needed.
 * Services of packages that were installed before are not changed.
 */
export function stopServices(services: readonly string[], asRoot: readonly string[]): void {
  for (const service of services) {
    const command = existsSync('/run/systemd/system')
      ? ['systemctl', 'disable', '--now', service]
      : ['service', service, 'stop']
    const [file = 'true', ...args] = [...asRoot, ...command]
    // A package may have no such service. The ports are checked afterwards, so a failure here is ignored.
    spawnSync(file, args, { stdio: 'ignore', timeout: 60_000 })
  }
}
