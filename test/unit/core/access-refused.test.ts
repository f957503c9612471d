/** Rights and logins that nodes refuse to the sentinel are logged: node, command, user, and the words of the node. */
import { describe, expect, it } from 'vitest'

import { noteLine } from '../../../src/events/notes.ts'
import type { Reply, Request } from '../../../src/core/index.ts'
import { Play } from './play.ts'

const NODES = { master: '10.0.0.1:6379', replica: '10.0.0.2:6379', peer: '10.0.0.3:26379' }
const NOAUTH = 'NOAUTH Authentication required.'

function noRight(command: string): string {
  return `NOPERM this user has no permissions to run the '${command}' command`
}

function refusal(text: string): Reply {
  return { kind: 'error', text }
}

/** Lines of the log about refusals, in order. */
function lines(play: Play): string[] {
  return play.notes.filter(({ kind }) => kind === 'access-refused').map((note) => {
    const { level, text } = noteLine(note)
    return `${level} ${text}`
  })
}

/** The node refuses these kinds of requests with these words; every other INFO has an answer. */
function refusing(node: string, errors: Partial<Record<Request['kind'], string>>): Play['answer'] {
  return (asked, { kind }) => {
    if (asked === node && errors[kind] !== undefined) return refusal(errors[kind])
    return kind === 'info' ? { kind: 'bulk', text: '' } : undefined
  }
}

describe('a command that a node refuses because of missing rights', () => {
  it('is logged once, however often it is refused', () => {
    const play = new Play([NODES], { answer: refusing(NODES.master, { info: noRight('info') }) })
    play.run(60_000)
    expect(lines(play)).toEqual([
      `warning master ${NODES.master} of m0 refused INFO of user 'default': ${noRight('info')}`,
    ])
  })

  it('is logged for each command and each node', () => {
    const answer: Play['answer'] = (node, { kind }) => {
      if (node === NODES.master && kind === 'publish') return refusal(noRight('publish'))
      if (node === NODES.replica && (kind === 'ping' || kind === 'info')) return refusal(noRight(kind))
      return node === NODES.peer && kind === 'ping' ? refusal(noRight('ping')) : undefined
    }
    const play = new Play([NODES], { answer })
    play.run(30_000)
    expect(lines(play).sort()).toEqual([
      `warning master ${NODES.master} of m0 refused PUBLISH of user 'default': ${noRight('publish')}`,
      `warning replica ${NODES.replica} of m0 refused INFO of user 'default': ${noRight('info')}`,
      `warning replica ${NODES.replica} of m0 refused PING of user 'default': ${noRight('ping')}`,
      `warning sentinel ${NODES.peer} of m0 refused PING of user 'default': ${noRight('ping')}`,
    ])
  })

  it('is logged again when it is refused after it was granted', () => {
    const refused = refusing(NODES.master, { info: noRight('info') })
    const play = new Play([NODES], { answer: refused })
    play.run(12_000)
    play.answer = refusing(NODES.master, {})
    play.run(12_000)
    play.answer = refused
    play.run(12_000)
    expect(lines(play)).toHaveLength(2)
  })
})

describe('a node that requires a password which the sentinel does not have', () => {
  it('is logged once, though it refuses every command', () => {
    const play = new Play([NODES], { answer: refusing(NODES.replica, { ping: NOAUTH, info: NOAUTH, publish: NOAUTH }) })
    play.run(30_000)
    expect(lines(play)).toEqual([expect.stringMatching(/^warning replica 10\.0\.0\.2:6379 of m0 refused \w+ of user 'default': NOAUTH Authentication required\.$/)])
  })
})

describe('a login that a node refuses', () => {
  const WRONG = 'WRONGPASS invalid username-password pair or user is disabled.'

  it('is logged once with the user, also after reconnections, and the refused commands after it are not', () => {
    const answer = refusing(NODES.replica, { auth: WRONG, ping: NOAUTH, info: NOAUTH, publish: NOAUTH })
    const play = new Play([NODES], { settings: { authPass: 'wrong', authUser: 'watcher' }, answer })
    for (let time = 0; time < 5; time += 1) {
      play.lose(NODES.replica)
      play.run(5000)
    }
    expect(lines(play)).toEqual([`warning replica ${NODES.replica} of m0 refused AUTH of user 'watcher': ${WRONG}`])
  })
})

describe('an error that is not about rights', () => {
  it('is not logged as a refusal', () => {
    const play = new Play([NODES], { answer: refusing(NODES.replica, { ping: 'LOADING Redis is loading the dataset in memory', info: 'LOADING Redis is loading the dataset in memory' }) })
    play.run(30_000)
    expect(lines(play)).toEqual([])
  })
})
