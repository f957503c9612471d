/** INFO of nodes whose replication ids are ours or others', as sentinels see it. */
import { parseInfo } from '../../../src/core/monitoring/info-parser.ts'
import { absorbInfo } from '../../../src/core/monitoring/info-refresh.ts'
import type { DataNode } from '../../../src/core/state/instance.ts'
import type { Turn } from '../../../src/core/turn.ts'
import { later, masterIn, replicaOf, turnAt } from './records.ts'

export const OURS = '1'.repeat(40)
export const EARLIER = '2'.repeat(40)
export const FRESH = '3'.repeat(40)
export const FRESHER = '4'.repeat(40)
export const OTHERS = '9'.repeat(40)
export const NONE = '0'.repeat(40)
export const HOME = '10.0.1.1'

export interface Shown {
  /** Undefined: it is a master. */
  readonly follows?: string
  /** `never`: not since the server was started. */
  readonly link?: 'up' | 'down' | 'never'
  readonly offset?: number
  readonly replid?: string
  readonly replid2?: string
  readonly run?: string
  /** A master lists this replica. */
  readonly lists?: string
}

export function show(
  turn: Turn, node: DataNode, { follows, link = 'up', offset = 100, replid = OURS, replid2 = NONE, run = 'a', lists }: Shown,
): void {
  const text = [
    `run_id:${run.repeat(40)}`, 'loading:0', `role:${follows === undefined ? 'master' : 'slave'}`,
    ...follows === undefined ? [] : [
      `master_host:${follows}`, 'master_port:6379', `master_link_status:${link === 'up' ? 'up' : 'down'}`,
      ...link === 'never' ? ['master_link_down_since_seconds:-1'] : [], `slave_repl_offset:${offset}`,
    ],
    ...lists === undefined ? [] : [`slave0:ip=${lists},port=6379,state=online,offset=100,lag=0`],
    `master_replid:${replid}`, `master_replid2:${replid2}`, 'master_repl_offset:100', '# Keyspace', 'db0:keys=1,expires=0',
  ].join('\r\n')
  absorbInfo(turn, node, { text, facts: parseInfo(text), askedAt: turn.now.mono })
}

/** A deployment whose master has had two ids, and what INFO of its first replica shows then. */
export function play(shown: Shown, earlier: Shown = { follows: HOME }) {
  const turn = turnAt()
  const master = masterIn(turn)
  const [replica, other] = [replicaOf(turn, master, 1), replicaOf(turn, master, 2)]
  show(turn, master, { replid: EARLIER, run: 'm' })
  show(turn, master, { replid: OURS, replid2: EARLIER, run: 'm' })
  show(turn, replica, { run: 'b', ...earlier })
  show(turn, other, { follows: HOME, run: 'c' })
  const next = later(turn, 1000)
  show(next, replica, { run: 'b', ...shown })
  return { turn: next, master, replica, other }
}

/** 4 publish periods: the original demotes a master after them. */
export const ROLE_WAIT_MS = 8000
