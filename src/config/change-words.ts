/** Changes of the configuration in words for the log. No text here contains a password. */
import type { DurableMaster, GlobalChange, MasterChange, MasterSettings, SetChange } from '../core/index.ts'
import { hostAndPort } from '../text/index.ts'
import { directiveValue, type Settings } from './settings.ts'

/** A line about the change for the log. `before`: the masters before it. */
export function masterChangeLines(change: MasterChange, before: readonly DurableMaster[]): string[] {
  const known = before.find(({ name }) => name === change.name)
  switch (change.kind) {
    case 'remove':
      return [`${change.name} is not monitored any more`]
    case 'add':
      return [`${change.name} is monitored at ${hostAndPort(change.host, change.port)} with quorum ${change.settings.quorum}`]
    case 'move':
      return [`${change.name} is monitored at ${hostAndPort(change.host, change.port)}`
        + (known === undefined ? '' : `, before at ${hostAndPort(known.host, known.port)}`)]
    case 'set':
      return change.changes.map((one) => `${change.name}: ${settingText(one, known?.settings)}`)
  }
}

function settingText(change: SetChange, before: Readonly<MasterSettings> | undefined): string {
  const { option } = change
  if (change.kind === 'renames') return `${option} ${change.value.join(' ')}`
  if (change.setting === 'authPass') return `${option} changed`
  const old = before?.[change.setting]
  return `${option} ${change.value ?? 'removed'}${old === undefined ? '' : `, before ${old}`}`
}

export function globalChangeLine(change: GlobalChange): string {
  switch (change.kind) {
    case 'announce-ip':
      return `announce-ip ${change.host ?? 'removed'}`
    case 'announce-port':
      return `announce-port ${change.port}`
    case 'sentinel-user':
      return `sentinel-user ${change.user ?? 'removed'}`
    case 'sentinel-pass':
      return 'sentinel-pass changed'
    case 'deny-scripts-reconfig':
    case 'resolve-hostnames':
    case 'announce-hostnames':
      return `${change.kind} ${change.on ? 'yes' : 'no'}`
  }
}

/** Directives whose values must not be in a log. */
const SECRET_DIRECTIVE = /pass$|auth$/

export function directiveLine(name: string, before: Settings, after: Settings): string {
  if (SECRET_DIRECTIVE.test(name)) return `${name} changed`
  const text = ({ values, directory }: Settings) => (
    name === 'dir' ? directory : directiveValue(values, name)?.map((word) => word === '' ? '""' : word).join(' ') ?? 'not set'
  )
  return `${name} ${text(after)}, before ${text(before)}`
}
