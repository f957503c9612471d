/** What the quickstart does before it starts anything. */
import { describe, expect, it, vi } from 'vitest'

import { runQuickstart } from '../../../src/cli/quickstart/run-quickstart.ts'

async function run(...args: string[]) {
  let output = ''
  const complaints = vi.spyOn(console, 'error').mockImplementation(() => undefined)
  const status = await runQuickstart(args, { write: (text) => { output += text } })
  const said = complaints.mock.calls.flat().join('\n')
  complaints.mockRestore()
  return { status, output, said }
}

describe('the quickstart', () => {
  it('prints its options with --help', async () => {
    const { status, output } = await run('--help')
    expect(status).toBe(0)
    expect(output).toContain('--keep')
  })

  it('reports an option that does not exist, with status 2', async () => {
    const { status, output, said } = await run('--nonsense')
    expect({ status, output }).toEqual({ status: 2, output: '' })
    expect(said).toContain('--nonsense')
    expect(said).toContain('--keep')
  })

  it('reports a kind of sentinel that does not exist', async () => {
    expect((await run('--sentinel', 'valkey')).said).toContain('--sentinel must be ours or genuine, not valkey')
  })
})
