/** Makes a master that has become the replica of its own replica a master again, where that one was not promoted. */
import type { Master } from '../state/master.ts'
import type { Turn } from '../turn.ts'
import { sendTransaction } from './transaction.ts'

/** False when there is no connection. `pausesWrites`: a pause of its writes is ended, too. */
export function takeBack(turn: Turn, master: Master, { pausesWrites }: { readonly pausesWrites: boolean }): boolean {
  const unpause = pausesWrites ? [['CLIENT', 'UNPAUSE'] as const] : []
  if (!sendTransaction(turn, master, [['SLAVEOF', 'NO', 'ONE'], ['CONFIG', 'REWRITE'], ...unpause])) return false
  master.isInfoWanted = true
  return true
}
