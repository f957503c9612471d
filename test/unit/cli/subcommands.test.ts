import { afterEach, describe, expect, it, vi } from 'vitest'

import { withClients } from '../../../src/cli/subcommands.ts'

const missing = (what: string): Promise<never> => Promise.reject(Object.assign(new Error(`Cannot find ${what}`), { code: 'ERR_MODULE_NOT_FOUND' }))

describe('a tool with clients of Redis', () => {
  afterEach(() => { vi.restoreAllMocks() })

  it('names ioredis when that is missing', async () => {
    const written = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
    expect(await withClients('drill', () => missing("package 'ioredis' imported from /dist/harness/connection.js"))).toBeUndefined()
    expect(written).toHaveBeenCalledWith('ts-sentinel drill needs the package ioredis: install ts-sentinel with npm, which installs ioredis with it.\n')
  })

  it('fails with the true reason when another module is missing', async () => {
    await expect(withClients('drill', () => missing("module '/dist/harness/gone.js' imported from /dist/cli/drill/index.js"))).rejects.toThrow('gone.js')
  })
})
