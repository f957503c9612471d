/** A failover phase by phase: killed, stopped or ordered; ours, genuine and both together; near and far sentinels. */
import { contender, Figures, readOptions, wholeNumber, type Contender } from './figures.ts'
import { measureFailover, type FailoverTimes, type FaultKind, type RoundOptions } from './failover-round.ts'

const USAGE = `Measures failovers, ours and genuine in turns.

Options:
  --rounds <n>       rounds of each (default 5)
  --sentinels <n>    default 3
  --replicas <n>     default 2
  --down-after <ms>  default 1000
  --fault <kind>     kill (default), term (SIGTERM), stop (SIGSTOP) or manual (SENTINEL FAILOVER)
  --crash-detection <ms>  in ts-sentinel.ini of ours (default: no such file); times count from the fault
  --delay <ms>       added to each direction between the sentinels (default 0)
  --fleets <list>    some of ours,genuine,mixed (default ours,genuine)
  --out <file>       where the figures go as JSON`

const ROWS: readonly { readonly key: keyof FailoverTimes, readonly title: string }[] = [
  { key: 'ended', title: 'process of the master ended' },
  { key: 'sdown', title: 'first +sdown' },
  { key: 'odown', title: 'first +odown' },
  { key: 'elected', title: '+elected-leader' },
  { key: 'promoted', title: '+promoted-slave' },
  { key: 'addressOnFirst', title: 'address changed on first sentinel' },
  { key: 'addressOnAll', title: 'address changed on all sentinels' },
  { key: 'switchOnAll', title: '+switch-master on all sentinels' },
  { key: 'replicasSettled', title: 'replicas settled' },
]

const options = readOptions(USAGE, {
  'rounds': '5', 'sentinels': '3', 'replicas': '2', 'down-after': '1000', 'fault': 'kill', 'delay': '0',
  'crash-detection': '0',
  'fleets': 'ours,genuine',
})
const rounds = wholeNumber('rounds', options.rounds)
const round: RoundOptions = {
  sentinels: wholeNumber('sentinels', options.sentinels),
  replicas: wholeNumber('replicas', options.replicas),
  downAfterMs: wholeNumber('down-after', options['down-after']),
  fault: faultKind(options.fault),
  delayMs: options.delay === '0' ? 0 : wholeNumber('delay', options.delay),
  crashDetectionMs: options['crash-detection'] === '0' ? undefined : wholeNumber('crash-detection', options['crash-detection']),
}
const contenders = options.fleets.split(',').map(contender)
const figures = new Figures('failover', contenders)
/** A manual failover waits for nothing; the others begin when the master has been silent for long enough. */
const origin = round.fault === 'manual' || round.crashDetectionMs !== undefined ? 0 : round.downAfterMs
for (let at = 1; at <= rounds; at++) {
  for (const kind of contenders) note(at, kind, await measureFailover(kind, round))
}
const delayText = round.delayMs === 0 ? '' : `, ${round.delayMs} ms between sentinels`
figures.tell(
  `${round.fault}, ${round.sentinels} sentinels, ${round.replicas} replicas${delayText}, medians of ${rounds}; `
  + (origin === 0 ? 'milliseconds since the fault' : `milliseconds past down-after (${origin} ms) since the fault`),
  options.out,
)

function note(at: number, kind: Contender, times: FailoverTimes): void {
  for (const { key, title } of ROWS) {
    // It has nothing to do with down-after.
    if (key === 'ended' && origin > 0) continue
    if (!Number.isNaN(times[key])) figures.add(title, kind, times[key] - origin)
  }
  figures.add('epochs', kind, times.epochs)
  console.log(`round ${at}, ${kind}: address on all ${times.addressOnAll.toFixed(0)} ms, `
    + `+switch-master on all ${times.switchOnAll.toFixed(0)} ms, settled ${times.replicasSettled.toFixed(0)} ms`)
}

function faultKind(text: string): FaultKind {
  if (text !== 'kill' && text !== 'term' && text !== 'stop' && text !== 'manual') {
    throw new Error(`--fault is kill, term, stop or manual, not ${text}`)
  }
  return text
}
