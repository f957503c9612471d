/**
 * Rules about numbers as the file has them. The original reads the digits at the beginning of a text: `30s` is 30 ms,
 * and `tcp://10.0.0.1:6379` is port 0. The program loads such lines as the original does, so only this check reports
 * them.
 */
import { readLax32 } from '../../config/index.ts'
import { namesOf, SETTINGS } from '../../core/index.ts'
import { finding, type Finding } from './finding.ts'
import type { FileLine, LoadedFile } from './loaded-file.ts'

type NumberPlace = readonly [position: number, what: string, range: Range]

/** Positions of the numbers in a `sentinel` line; the word `sentinel` has position 0. */
const NUMBERS: ReadonlyMap<string, readonly NumberPlace[]> = new Map<string, readonly NumberPlace[]>([
  ['monitor', [[4, 'port', 'port'], [5, 'quorum', 'positive']]],
  ['known-replica', [[4, 'port', 'port']]],
  ['known-slave', [[4, 'port', 'port']]],
  ['known-sentinel', [[4, 'port', 'port']]],
  ...settingNumbers(),
  ['announce-port', [[2, 'port', 'own-port']]],
  ['current-epoch', [[2, 'epoch', 'epoch']]],
  ['config-epoch', [[3, 'epoch', 'epoch']]],
  ['leader-epoch', [[3, 'epoch', 'epoch']]],
])

/** Positions of the numbers in lines with master settings. */
function settingNumbers(): [name: string, places: readonly NumberPlace[]][] {
  return SETTINGS.flatMap((setting) => {
    if ((setting.kind !== 'time' && setting.kind !== 'count') || setting.line === 'monitor') return []
    const what = setting.kind === 'time' ? 'time in milliseconds' : setting.what
    const place: NumberPlace = [3, what, setting.min === 0 ? 'number' : 'positive']
    return namesOf(setting).map((name): [string, NumberPlace[]] => [name, [place]])
  })
}

/** The values that a number may have. `own-port`: 0 means that the port is not announced. */
type Range = 'port' | 'own-port' | 'positive' | 'number' | 'epoch'

const PORT_MAX = 65_535
const INT32_MAX = 2_147_483_647

export function checkNumbers({ lines }: LoadedFile): Finding[] {
  return lines.flatMap((line) => {
    const [first, directive = ''] = line.words
    if (first?.toLowerCase() !== 'sentinel') return []
    const places = NUMBERS.get(directive.toLowerCase()) ?? []
    return places.flatMap(([position, what, range]) => numberFinding(line, { position, what, range }))
  })
}

function numberFinding(
  { words, where }: FileLine, { position, what, range }: { position: number, what: string, range: Range },
): Finding[] {
  const text = words[position]
  if (text === undefined) return []
  const value = `${words.slice(0, 2).join(' ')}: ${JSON.stringify(text)}`
  if (!/^\d+$/.test(text)) {
    const taken = range === 'epoch' ? '' : `; the program reads it as ${readLax32(text)}, like the original`
    return [finding('error', 'not-a-number', where, [`${value} is not a ${what}${taken}`, 'write only digits, without a unit'])]
  }
  const problem = rangeProblem(Number(text), range)
  return problem === undefined ? [] : [finding('error', 'out-of-range', where, [`${value} ${problem}`, `write a ${what} in that range`])]
}

function rangeProblem(value: number, range: Range): string | undefined {
  switch (range) {
    case 'port':
      return value >= 1 && value <= PORT_MAX ? undefined : `is not a port of a node (1 to ${PORT_MAX})`
    case 'own-port':
      return value <= PORT_MAX ? undefined : `is not a port (0 to ${PORT_MAX})`
    case 'positive':
      return value >= 1 && value <= INT32_MAX ? undefined : `must be 1 to ${INT32_MAX}`
    case 'number':
      return value <= INT32_MAX ? undefined : `must be 0 to ${INT32_MAX}`
    case 'epoch':
      // line-rules.ts reports an epoch that is too large, however it is written.
      return undefined
  }
}
