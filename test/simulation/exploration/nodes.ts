/** Data nodes as small as possible: who follows whom, and who is dead. */
import type { Reply } from '../../../src/core/index.ts'

/** By address: the master that it follows, `nobody` for a master, `dead` for one that never answers again. */
export type Nodes = Readonly<Record<string, string>>

export const DATA_PORT = 6379

export function isDead(nodes: Nodes, ip: string): boolean {
  return nodes[ip] === 'dead'
}

export function infoOf(nodes: Nodes, ip: string): Reply {
  const followed = nodes[ip] ?? 'nobody'
  const lines = [`run_id:${runIdOf(ip)}`]
  if (followed === 'nobody') {
    lines.push('role:master')
    const followers = Object.keys(nodes).filter((other) => nodes[other] === ip)
    followers.forEach((other, at) => { lines.push(`slave${at}:ip=${other},port=${DATA_PORT},state=online,offset=1,lag=0`) })
  } else {
    lines.push(
      'role:slave', `master_host:${followed}`, `master_port:${DATA_PORT}`, 'master_link_status:up',
      'slave_priority:100', 'slave_repl_offset:1',
    )
  }
  return { kind: 'bulk', text: lines.join('\r\n') }
}

function runIdOf(ip: string): string {
  return ip.replaceAll('.', 'a').padEnd(40, 'f')
}
