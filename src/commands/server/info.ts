import type { Answer, Call } from '../command-spec.ts'
import type { CommandEnvironment } from '../environment.ts'
import { clientsSection } from './info-clients.ts'
import { cpuSection } from './info-cpu.ts'
import type { Section } from './info-section.ts'
import { sentinelSection } from './info-sentinel.ts'
import { serverSection } from './info-server.ts'
import { statsSection } from './info-stats.ts'

/** The sections in the order of the output, which does not depend on the request. */
const SECTIONS: readonly (readonly [name: string, title: string, build: Section])[] = [
  ['server', 'Server', serverSection],
  ['clients', 'Clients', clientsSection],
  ['stats', 'Stats', statsSection],
  ['cpu', 'CPU', cpuSection],
  ['sentinel', 'Sentinel', sentinelSection],
]
const EVERYTHING: ReadonlySet<string> = new Set(['default', 'all', 'everything'])

/** INFO [section…] (protocol.md 1.4). A plain bulk string also in RESP3; unknown sections are left out silently. */
export function info({ argv, env }: Call): Answer {
  const asked = new Set(argv.slice(1).map((word) => word.toLowerCase()))
  const wantsAll = asked.size === 0 || [...asked].some((word) => EVERYTHING.has(word))
  return SECTIONS
    .filter(([name]) => wantsAll || asked.has(name))
    .map(([, title, build]) => render(title, build, env))
    .join('\r\n')
}

function render(title: string, build: Section, env: CommandEnvironment): string {
  const lines = build(env).map(([field, value]) => `${field}:${value}\r\n`)
  return `# ${title}\r\n${lines.join('')}`
}
