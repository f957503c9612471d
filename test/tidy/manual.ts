/** The manual page as text, in sections. */
import { readProjectFile } from './project-files.ts'

export const MANUAL = 'conf/man/ts-sentinel.1'

/** Without the marks of roff: what a reader sees, but for line breaks. */
export function plainText(roff: string): string {
  return roff.split('\n')
    .filter((line) => !/^\.(?:\\"|TP|PP|br|nh|EX|EE|TH)/.test(line))
    .map((line) => line.replace(/\\f[A-Z]/g, '').replace(/\\-/g, '-').replace(/\\c$/, '').replace(/\\&/g, ''))
    .map(joined)
    .join('\n')
}

/** A line such as `.BI /masters/ name /primary`: words in alternating type stand together. */
function joined(line: string): string {
  const [, macro = '', rest = ''] = /^\.([A-Z]{1,2}) (.*)$/.exec(line) ?? []
  if (macro === '') return line
  const words = [...rest.matchAll(/"([^"]*)"|(\S+)/g)].map((match) => match[1] ?? match[2] ?? '')
  return words.join(macro.length === 2 && macro !== 'SH' && macro !== 'SS' ? '' : ' ')
}

/** Text below a heading of the first order (`HTTP`) or the second one (`ts-sentinel check`). */
export function section(heading: string): string {
  const roff = readProjectFile(MANUAL)
  const blocks = roff.split(/^(?=\.S[HS] )/m)
  const found = blocks.filter((block, at) => {
    const own = headingOf(block)
    if (own === heading || own.startsWith(`${heading} `)) return true
    // Parts of the second order belong to the one above.
    const above = blocks.slice(0, at).findLast((one) => one.startsWith('.SH'))
    return block.startsWith('.SS') && above !== undefined && headingOf(above) === heading
  })
  return found.map(plainText).join('\n')
}

function headingOf(block: string): string {
  return (/^\.S[HS] (.*)$/m.exec(block)?.[1] ?? '').replace(/\\-/g, '-')
}

/** Each metric of the manual with its labels. */
export function manualMetrics(): ReadonlyMap<string, readonly string[]> {
  const entries = [...section('METRICS').matchAll(/^((?:redis|process|nodejs)_\w+)$([\s\S]*?)(?=^(?:redis|process|nodejs)_\w+$|(?![\s\S]))/gm)]
  return new Map(entries.map(([, name = '', text = '']) => {
    const labels = /Labels: ([\w, \n]+)\./.exec(text)?.[1] ?? ''
    return [name, labels.split(/[,\s]+/).filter((label) => label !== '')] as const
  }))
}
