/** Links between documents. */
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path/posix'

import { PROJECT_ROOT, readProjectFile } from './project-files.ts'

export interface Link {
  /** Relative to the project; that of the document itself for a link such as `#faq`. */
  readonly target: string
  /** Behind `#`; empty when there is none. */
  readonly anchor: string
}

/** Links to files of the project. */
export function links(path: string, text: string): Link[] {
  const withoutBlocks = text.replace(/^```[\s\S]*?^```$/gm, '')
  return [...withoutBlocks.matchAll(/\]\(([^)\s]+)\)/g)].map(([, to = '']) => to)
    .filter((to) => !/^[a-z]+:/.test(to))
    .map((to) => {
      const [file = '', anchor = ''] = to.split('#')
      return { target: file === '' ? path : join(dirname(path), file), anchor }
    })
}

/** What is wrong with a link; undefined when it leads somewhere. */
export function linkProblem({ target, anchor }: Link): string | undefined {
  if (!existsSync(join(PROJECT_ROOT, target))) return `${target} does not exist`
  if (anchor === '' || anchors(readProjectFile(target)).includes(anchor)) return undefined
  return `${target} has no heading #${anchor}`
}

/** Of headings, as GitHub makes them. */
export function anchors(text: string): string[] {
  return [...text.matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = '']) => (
    heading.toLowerCase().replace(/[^\p{L}\p{N}\s_-]/gu, '').trim().replace(/\s/g, '-')
  ))
}
