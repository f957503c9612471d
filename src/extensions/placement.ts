/** Reads the keys of [master <name>] about zones and lag. */
import { ZONE_PREFIX } from './keys.ts'
import type { Entry, Refuse, Section } from './lines.ts'
import type { PlacementSettings, ZoneOfNode } from './settings.ts'

/** 2^53 - 1, above which numbers of JavaScript are not exact. */
const LAG_BYTES_MAX = Number.MAX_SAFE_INTEGER

/** Zones are listed with blanks or commas between them. */
const ZONE = /^[^\s,]{1,128}$/

const HOST = /^[\w.:%-]{1,255}$/

export function readPlacement({ entries }: Section, refuse: Refuse): PlacementSettings {
  const preferred = entries.get('prefer-zone')
  const never = entries.get('never-promote-in')
  const lag = entries.get('max-lag-bytes')
  const strict = entries.get('max-lag-strict')
  const preferZone = preferred && readZone(preferred, refuse)
  const neverPromoteIn = never === undefined ? [] : readZones(never, refuse)
  if (preferred !== undefined && preferZone !== undefined && neverPromoteIn.includes(preferZone)) {
    refuse(preferred.line, `prefer-zone names '${preferZone}', and so does never-promote-in. Remove it from one of the two.`)
  }
  if (strict !== undefined && lag === undefined) {
    refuse(strict.line, 'max-lag-strict has no effect without max-lag-bytes. Set max-lag-bytes, or remove the line.')
  }
  return {
    preferZone,
    neverPromoteIn,
    maxLagBytes: lag && readBytes(lag, refuse),
    isLagStrict: strict !== undefined && readYes(strict, refuse),
    zones: readNodes(entries, refuse),
  }
}

function readZone({ value, line }: Entry, refuse: Refuse): string | undefined {
  return ZONE.test(value)
    ? value : refuse(line, `'${value}' is not a zone. Write one name of up to 128 characters, without blanks and commas.`)
}

function readZones({ value, line }: Entry, refuse: Refuse): readonly string[] {
  const names = value.split(/[\s,]+/).filter((name) => name !== '')
  const isGood = names.length > 0 && names.every((name) => ZONE.test(name))
  if (!isGood) refuse(line, `'${value}' is not a list of zones. Write names of up to 128 characters, separated by blanks or commas.`)
  return names
}

function readBytes({ value, line }: Entry, refuse: Refuse): number | undefined {
  const bytes = /^\d{1,16}$/.test(value) ? Number(value) : Number.NaN
  return bytes <= LAG_BYTES_MAX
    ? bytes : refuse(line, `'${value}' is not a number of bytes. Write a whole number from 0 to ${LAG_BYTES_MAX}.`)
}

function readYes({ value, line }: Entry, refuse: Refuse): boolean {
  if (value !== 'yes' && value !== 'no') refuse(line, `'${value}' is not one of yes, no. Write one of them.`)
  return value === 'yes'
}

function readNodes(entries: Section['entries'], refuse: Refuse): readonly ZoneOfNode[] {
  return [...entries].filter(([key]) => key.startsWith(ZONE_PREFIX)).flatMap(([key, entry]) => {
    const address = readAddress(key.slice(ZONE_PREFIX.length))
    if (address === undefined) {
      refuse(entry.line, `'${key}' does not name a node. Write zone.<host>:<port>, such as zone.10.0.0.5:6379 or zone.[2001:db8::5]:6379.`)
    }
    const zone = readZone(entry, refuse)
    return address === undefined || zone === undefined ? [] : [{ ...address, zone }]
  })
}

/** `host:port`, `[v6]:port`. An IPv6 address without brackets would not show where the port begins. */
function readAddress(text: string): Pick<ZoneOfNode, 'host' | 'port'> | undefined {
  const [, bracketed, plain, digits] = /^(?:\[([^\]]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text) ?? []
  const host = bracketed ?? plain ?? ''
  const port = Number(digits)
  const isHost = HOST.test(host) && (bracketed === undefined || host.includes(':'))
  return isHost && port >= 1 && port <= 65_535 ? { host, port } : undefined
}
