/** Mistakes of a deployment as sentences without a full stop. */
import type { Problem } from '../core/index.ts'

export function problemText(problem: Problem): string {
  switch (problem.kind) {
    case 'same-server':
      return problem.dropped === problem.kept
        ? `the master ${problem.kept} is also listed as its own replica; the entry is ignored`
        : `${problem.dropped} and ${problem.kept} are the same server, so only ${problem.kept} is kept; use one address for it`
          + ' everywhere (replica-announce-ip, known-replica lines)'
    case 'same-id':
      return sameIdText(problem)
    case 'shared-address':
      return `more than one server answers at ${problem.address}, so commands may reach the wrong server; give each an address of its`
        + ' own (replica-announce-ip, replica-announce-port)'
    case 'foreign-node':
      return foreignText(problem)
    case 'lost-data':
      return LOST_DATA[problem.outcome]
    case 'older-release':
      return `the replica ${problem.replica} runs release ${problem.version}, its master ${problem.masterVersion}: an older`
        + ' release may be unable to read the data of a newer one; upgrade replicas first'
  }
}

const LOST_DATA: Readonly<Record<Extract<Problem, { kind: 'lost-data' }>['outcome'], string>> = {
  'failover': 'the master restarted without its data, so it counts as down: a replica that still has them is promoted if the'
    + ' quorum agrees',
  'report': 'the master restarted without its data and a replica still had them; there is no failover, because empty-master is'
    + ' "report"; its replicas copy the empty master within seconds',
  'no-copy': 'the master restarted without its data, and no replica that answers has them; restore them from a backup if they'
    + ' are needed',
}

function foreignText({ replica, follows, replid, replid2, ours, master }: Extract<Problem, { kind: 'foreign-node' }>): string {
  const ids = replid2 === undefined ? `replication id ${replid}` : `replication ids ${replid} and ${replid2}`
  const why = follows === undefined
    ? `${replica} is a master with data that are not known here (${ids}; ours is ${ours}): another deployment's, or ours after more`
    + ' than one restart'
    : `${replica} holds the data of another deployment (it follows ${follows}, ${ids}; ours is ${ours})`
  return `${why}; it is neither promoted nor ordered. If it belongs here, run "REPLICAOF ${master.host} ${master.port}" on it, which`
    + ' discards its data; otherwise remove it from this deployment with SENTINEL RESET'
}

function sameIdText({ id, isOwn, addresses }: Extract<Problem, { kind: 'same-id' }>): string {
  const who = isOwn
    ? `the ${addresses.length === 1 ? 'sentinel' : 'sentinels'} at ${addresses.join(', ')} ${addresses.length === 1 ? 'has' : 'have'} this sentinel's own id ${id}`
    : `the sentinels at ${addresses.join(' and ')} have the same id ${id}`
  return `${who}: they do not see each other and cannot agree on a failover; stop one, remove the line "sentinel myid" from its`
    + ' configuration file and start it again'
}
