/** The table of `ts-sentinel status`. */
import { durationText } from '../../explain/index.ts'
import { addressOf, flagsOf, reportsReplica, type Entry, type MasterFacts } from './sentinel-facts.ts'
import { tableText } from '../table-text.ts'

export function statusText(masters: readonly MasterFacts[]): string {
  if (masters.length === 0) return 'This sentinel monitors no master.\n'
  return masters.map(masterText).join('\n')
}

function masterText({ master, replicas, sentinels, quorumCheck }: MasterFacts): string {
  const facts = [
    `quorum ${master.get('quorum') ?? '?'}`, `config-epoch ${master.get('config-epoch') ?? '?'}`,
    `down-after ${durationText(Number(master.get('down-after-milliseconds')))}`,
    `failover-timeout ${durationText(Number(master.get('failover-timeout')))}`,
  ]
  return `${master.get('name') ?? '?'}: ${facts.join(', ')}\n  ${quorumCheck}\n`
    + tableText(['ROLE', 'ADDRESS', 'STATE', 'LAST ANSWER', 'PRIORITY', 'OFFSET', 'MASTER LINK'], [
      dataNodeRow('master', master, []),
      ...replicas.map((replica) => dataNodeRow('replica', replica, [
        replica.get('slave-priority') ?? '', replica.get('slave-repl-offset') ?? '', linkText(replica),
      ])),
      ...sentinels.map((sentinel) => dataNodeRow('sentinel', sentinel, [])),
    ], { indent: '  ' })
}

function dataNodeRow(role: string, entry: Entry, more: readonly string[]): string[] {
  const ago = entry.get('last-ok-ping-reply')
  return [role, addressOf(entry), stateText(entry), ago === undefined ? '' : `${durationText(Number(ago))} ago`, ...more]
}

/** The flags of an instance except its role. */
function stateText(entry: Entry): string {
  const noted = flagsOf(entry).filter((flag) => !['master', 'slave', 'sentinel'].includes(flag))
  const phase = entry.get('failover-state')
  const role = flagsOf(entry).includes('master') && reportsReplica(entry) ? ['reports the role of a replica (read-only)'] : []
  const words = [...role, ...noted, ...phase === undefined ? [] : [phase]]
  return words.length === 0 ? 'ok' : words.join(',')
}

function linkText(replica: Entry): string {
  const down = Number(replica.get('master-link-down-time') ?? '0')
  if (replica.get('master-link-status') === 'ok') return 'up'
  // Without any synchronisation the time is -1 s in release 6.2 and newer, and the time since 1970 in older ones.
  if (down < 0 || down >= 1e12) return 'down, never synchronised'
  return down > 0 ? `down for ${durationText(down)}` : 'down'
}
