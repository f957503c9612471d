/** Mistakes of a deployment as findings. */
import type { Problem } from '../core/index.ts'
import { finding, type Case } from './case.ts'
import type { Finding } from './finding.ts'
import { problemText } from './problem-words.ts'
import { redisCli } from './shell-command.ts'

export function problemFindings(one: Case): Finding[] {
  return one.explanation.problems.map((problem) => problemFinding(one, problem))
}

function problemFinding({ explanation, options }: Case, problem: Problem): Finding {
  const text = `${problemText(problem).replace(/^[a-z]/, (letter) => letter.toUpperCase())}.`
  switch (problem.kind) {
    case 'lost-data':
      return finding('critical', 'lost-data', text, { remedy: LOST_DATA_REMEDY[problem.outcome] })
    case 'foreign-node':
      return finding('warning', 'foreign-node', foreignText(problem), {
        about: problem.replica,
        remedy: 'If it belongs here, let it follow the master, which discards its data; otherwise correct its address and run SENTINEL RESET.',
        command: redisCli(endpointOf(problem.replica), ['REPLICAOF', problem.master.host, String(problem.master.port)], options),
      })
    case 'same-id':
      return finding('critical', 'same-id', text, { about: problem.addresses[0] })
    case 'shared-address':
      return finding('warning', 'shared-address', text, { about: problem.address })
    case 'same-server':
      return finding('notice', 'same-server', text, { about: problem.dropped })
    case 'older-release':
      return finding('warning', 'older-release', text, { about: problem.replica, remedy: `Upgrade it before the master of ${explanation.name}.` })
  }
}

function foreignText({ replica, follows, replid, ours }: Extract<Problem, { kind: 'foreign-node' }>): string {
  const what = follows === undefined
    ? `${replica} is a master with data that are not known here`
    : `${replica} follows ${follows} and holds the data of another deployment`
  return `${what}: it is neither promoted nor ordered (replication id ${short(replid)}, ours is ${short(ours)}).`
}

/** Enough of an id of 40 digits to tell two apart. */
function short(id: string): string {
  return id.slice(0, 8)
}

const LOST_DATA_REMEDY: Readonly<Record<Extract<Problem, { kind: 'lost-data' }>['outcome'], string | undefined>> = {
  'failover': undefined,
  'report': 'Restore the data from a backup, or set empty-master to failover in ts-sentinel.ini.',
  'no-copy': 'Restore the data from a backup if they are needed.',
}

/** The reverse of the name of a replica. */
function endpointOf(name: string): { host: string, port: number } {
  const at = name.lastIndexOf(':')
  return { host: name.slice(0, at).replace(/^\[|\]$/g, ''), port: Number(name.slice(at + 1)) }
}
