import { oneOf, OPTIONAL, OPTIONAL_MULTIPLE, pattern, text } from '../command-doc.ts'
import type { ArgumentDoc } from '../command-doc.ts'
import type { CommandRow, Handler } from '../command-spec.ts'
import { CATEGORIES, command, FLAGS } from '../command-spec.ts'
import { help } from './help.ts'
import { all, count, docs, getKeys, info, list } from './introspection.ts'

const SHARED = { flags: FLAGS.C, categories: CATEGORIES.CONNECTION }
const UNORDERED = ['nondeterministic_output_order']
const FILTER = oneOf('filterby', [
  text('module-name', { token: 'MODULE' }), text('category', { token: 'ACLCAT' }), pattern('pattern', { token: 'PATTERN' }),
], { token: 'FILTERBY', ...OPTIONAL })
const NAMES = [text('command-name', OPTIONAL_MULTIPLE)]
const REQUEST = [text('command'), text('arg', OPTIONAL_MULTIPLE)]

interface RowDoc {
  readonly summary: string
  readonly since: string
  readonly args?: readonly ArgumentDoc[]
  readonly complexity?: string
}

function row(name: string, arity: number, run: Handler, doc: RowDoc, tips: readonly string[] = []): CommandRow {
  const { summary, since, args, complexity = 'O(N), N being the number of commands' } = doc
  return {
    name, arity, run, tips, ...SHARED,
    doc: { summary, since, group: 'server', complexity, ...(args && { arguments: args }) },
  }
}

const ROWS: readonly CommandRow[] = [
  row('count', 2, count, { summary: 'Number of commands', since: '2.8.13', complexity: 'O(1)' }),
  row('docs', -2, docs, { summary: 'Documentation of commands', since: '7.0.0', args: NAMES }, UNORDERED),
  row('getkeys', -3, getKeys, { summary: 'Keys that a request names', since: '2.8.13', args: REQUEST }),
  row('getkeysandflags', -3, getKeys, { summary: 'Keys that a request names, and how it uses them', since: '7.0.0', args: REQUEST }),
  row('help', 2, help, { summary: 'Show the subcommands', since: '5.0.0', complexity: 'O(1)' }),
  row('info', -2, info, { summary: 'Arity, flags and categories of commands', since: '2.8.13', args: NAMES }, UNORDERED),
  row('list', -2, list, { summary: 'Names of commands', since: '7.0.0', args: [FILTER] }, UNORDERED),
]

export const COMMAND = command({
  name: 'command', arity: -1, ...SHARED, run: all, tips: UNORDERED,
  doc: { summary: 'Arity, flags and categories of all commands', since: '2.8.13', group: 'server', complexity: 'O(N), N being the number of commands' },
}, ROWS)
