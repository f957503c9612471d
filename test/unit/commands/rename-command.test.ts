/** Top-level rename-command: what was observed of the genuine program with the same lines (config.md 4.3). */
import { describe, expect, it } from 'vitest'

import { COMMANDS, CommandIndex } from '../../../src/commands/index.ts'
import { error } from '../../../src/resp/index.ts'
import { bench } from './fake-client.ts'

const renamedCommands = [['ping', 'Pong'], ['SENTINEL', 'hidden'], ['info', '']] as const

describe('a renamed command', () => {
  it('answers to its new name in any case, and no longer to its own', async () => {
    const b = bench({ renamedCommands })
    expect(await b.say('PONG x')).toBe('x')
    expect(await b.say('pong x')).toBe('x')
    expect(await b.say('ping x')).toEqual(error("ERR unknown command 'ping', with args beginning with: 'x' "))
    expect(await b.say('hidden myid')).toMatch(/^[0-9a-f]{40}$/)
    expect(await b.say('sentinel myid')).toEqual(error("ERR unknown command 'sentinel', with args beginning with: 'myid' "))
  })

  it('has its own name in errors and replies, except where a reply shows what to type', async () => {
    const b = bench({ renamedCommands })
    expect(await b.say('hidden')).toEqual(error("ERR wrong number of arguments for 'sentinel' command"))
    expect(await b.say('hidden nosuch')).toEqual(error("ERR unknown subcommand 'nosuch'. Try HIDDEN HELP."))
    const [header] = await b.say('hidden help') as readonly unknown[]
    expect(header).toMatchObject({ text: 'HIDDEN <subcommand> [<arg> [value] [opt] ...]. Subcommands are:' })
    const [old, renamed] = await b.say('command info ping pong') as readonly (readonly unknown[] | null)[]
    expect(old).toBeNull()
    expect(renamed?.slice(0, 2)).toEqual(['ping', -1])
    expect(await b.say('command list')).toEqual(expect.arrayContaining(['ping', 'sentinel', 'sentinel|myid']))
  })

  it('with an empty new name cannot be called', async () => {
    const b = bench({ renamedCommands })
    expect(await b.say('info')).toEqual(error("ERR unknown command 'info', with args beginning with: "))
    expect(await b.say('command count')).toBe(14)
    expect(await b.say('command list')).not.toContain('info')
  })
})

describe('several renames', () => {
  it('take effect one after the other, so names can be exchanged', () => {
    const index = new CommandIndex(COMMANDS, [['ping', 'x'], ['role', 'ping'], ['x', 'role']])
    expect(index.command('ping')?.name).toBe('role')
    expect(index.command('ROLE')?.name).toBe('ping')
    expect(index.command('x')).toBeUndefined()
  })

  it('leave all commands as they are when there are none', () => {
    expect(new CommandIndex(COMMANDS).topLevel).toEqual(COMMANDS)
  })
})
