import { count } from '../../text/index.ts'
import { checkAddresses } from './address-rules.ts'
import { dataNodeFile, isOfDataNode } from './file-kind.ts'
import { checkFile } from './file-rules.ts'
import { finding, type Finding } from './finding.ts'
import { checkLines } from './line-rules.ts'
import type { LoadedFile } from './loaded-file.ts'
import { checkLogins, isLoginOfNodes } from './login-rules.ts'
import { checkNumbers } from './number-rules.ts'
import { checkOwnState } from './own-state-rules.ts'
import { checkTimes } from './time-rules.ts'
import { checkTls } from './tls-rules.ts'
import { checkUsers } from './user-rules.ts'
import { checkVotes } from './vote-rules.ts'

/** All findings that need no connection to a node. */
export function checkLoaded(file: LoadedFile): Finding[] {
  return [
    ...fileWithoutMasters(file), ...checkNumbers(file), ...checkVotes(file), ...checkAddresses(file),
    ...checkLines(file), ...checkTimes(file), ...checkUsers(file), ...checkFile(file), ...checkOwnState(file),
    ...checkLogins(file), ...checkTls(file), ...dataNodeLines(file),
  ]
}

function fileWithoutMasters({ config: { durable: { masters } }, lines, place }: LoadedFile): Finding[] {
  if (masters.length > 0) return []
  return [dataNodeFile(lines) ?? finding('warning', 'no-masters', place('sentinel', 'monitor'), [
    'the file has no line `sentinel monitor`: a sentinel that starts with it watches no master',
    'add the line `sentinel monitor <name> <address> <port> <quorum>`, or use SENTINEL MONITOR after the start',
  ])]
}

/** Lines copied from the file of a data node into one with `sentinel` lines; the finding is at the first one. */
function dataNodeLines({ config: { durable: { masters } }, lines }: LoadedFile): Finding[] {
  const [line, ...more] = lines.filter(({ words: [name = ''] }) => isOfDataNode(name) && !isLoginOfNodes(name))
  if (line === undefined || masters.length === 0) return []
  const isReplica = lines.some(({ words }) => /^(?:replicaof|slaveof)$/i.test(words[0] ?? ''))
  return [finding(isReplica ? 'warning' : 'advice', 'data-node-lines', line.where, [
    `${line.words[0] ?? ''}${more.length === 0 ? ' is a setting' : ` and ${count(more.length, 'more line')} are settings`} of data nodes, without effect on a sentinel`
    + `${isReplica ? '; redis-sentinel would replicate from another server with replicaof' : ''}`,
    'move such lines to the redis.conf of the data node',
  ])]
}
