import { checkAddresses } from './address-rules.ts'
import { checkFile } from './file-rules.ts'
import { finding, type Finding } from './finding.ts'
import { checkLines } from './line-rules.ts'
import type { LoadedFile } from './loaded-file.ts'
import { checkNumbers } from './number-rules.ts'
import { checkOwnState } from './own-state-rules.ts'
import { checkTimes } from './time-rules.ts'
import { checkUsers } from './user-rules.ts'
import { checkVotes } from './vote-rules.ts'

/** All findings that need no connection to a node. */
export function checkLoaded(file: LoadedFile): Finding[] {
  const { config, place } = file
  const nothing = config.durable.masters.length > 0 ? [] : [finding('advice', 'no-masters', place(), [
    'the file monitors no master', 'add a line `sentinel monitor <name> <address> <port> <quorum>`, or use SENTINEL MONITOR',
  ])]
  return [
    ...nothing, ...checkNumbers(file), ...checkVotes(file), ...checkAddresses(file), ...checkLines(file),
    ...checkTimes(file), ...checkUsers(file), ...checkFile(file), ...checkOwnState(file),
  ]
}
