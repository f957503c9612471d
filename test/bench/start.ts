/** From the start of the process to its first PONG, with one master in the file and with many. */
import { connect } from 'node:net'
import { Workspace, type SentinelKind } from '../../src/harness/index.ts'
import { Figures, KINDS, readOptions, wholeNumber } from './figures.ts'
import { WatchedSentinel } from './watched-process.ts'

const USAGE = `Start of the process to its first PONG, ours and genuine in turns.

Options:
  --rounds <n>    rounds of each (default 7)
  --masters <n>   masters of the large file (default 300)
  --out <file>    where the figures go as JSON`

/** Pause between two attempts to connect: finer than what is compared. */
const AGAIN_MS = 1

const options = readOptions(USAGE, { rounds: '7', masters: '300' })
const rounds = wholeNumber('rounds', options.rounds)
const figures = new Figures('start')
for (const masters of [1, wholeNumber('masters', options.masters)]) {
  for (let round = 0; round < rounds; round += 1) {
    for (const kind of KINDS) figures.add(`start to PONG, ${masters} masters, ms`, kind, await measure(kind, masters))
  }
}
figures.tell(`medians of ${rounds}`, options.out)

async function measure(kind: SentinelKind, masters: number): Promise<number> {
  const workspace = new Workspace('ts-sentinel-bench')
  try {
    const lines = Array.from({ length: masters }, (_, at) => `sentinel monitor m${at} 127.0.0.1 ${6000 + at} 2`)
    const sentinel = await WatchedSentinel.create(workspace, kind, lines)
    const from = performance.now()
    await sentinel.launch()
    await firstPong(sentinel.port)
    const took = performance.now() - from
    await sentinel.stop()
    return took
  } finally {
    await workspace.remove()
  }
}

function firstPong(port: number): Promise<void> {
  return new Promise((resolve) => {
    const attempt = (): void => {
      const socket = connect(port, '127.0.0.1', () => { socket.write('PING\r\n') })
      socket.on('error', () => { setTimeout(attempt, AGAIN_MS) })
      socket.on('data', () => {
        socket.destroy()
        resolve()
      })
    }
    attempt()
  })
}
