/** What was forgotten of one master as JSON. */
import type { Forgotten, KeptTombstone } from '../core/index.ts'
import { asciiJson } from './ascii-json.ts'
import { arrayAt, numberAt, objectAt, optional, textAt, wordAt } from './json-reading.ts'
import { TOMBSTONES_READ_MAX } from './limits.ts'

const KINDS = ['replica', 'sentinel'] as const
const CAUSES = ['operator', 'expiry'] as const

/** The fields in the object of the master. */
export function forgottenFields({ aliveAtOnce, tombstones }: Forgotten): readonly string[] {
  return [
    ...tombstones.length === 0 ? [] : [`"forgotten":${asciiJson(tombstones.map(tombstoneJson))}`],
    ...aliveAtOnce === undefined ? [] : [`"sentinelsAlive":${aliveAtOnce}`],
  ]
}

function tombstoneJson({ kind, name, host, port, by, untilWall, ignoresHellos, isListed }: KeptTombstone): object {
  return {
    kind, name, address: [host, port], by, until: untilWall,
    ...ignoresHellos ? { ignoresHellos } : {}, ...isListed ? { isListed } : {},
  }
}

/** Undefined where the file has neither. @throws FormatError */
export function readForgotten(
  { tombstones, sentinelsAlive }: { readonly tombstones: unknown, readonly sentinelsAlive: unknown }, place: string,
): Forgotten | undefined {
  const list = optional(tombstones, (given) => arrayAt(given, `${place}.forgotten`, TOMBSTONES_READ_MAX)
    .map((one, at) => readTombstone(one, `${place}.forgotten[${at}]`)))
  const aliveAtOnce = optional(sentinelsAlive, (count) => numberAt(count, `${place}.sentinelsAlive`, 1))
  return list === undefined && aliveAtOnce === undefined ? undefined : { aliveAtOnce, tombstones: list ?? [] }
}

function readTombstone(value: unknown, place: string): KeptTombstone {
  const json = objectAt(value, place)
  const kind = wordAt(json['kind'], `${place}.kind`, KINDS)
  const [host, port] = arrayAt(json['address'], `${place}.address`, 2)
  return {
    kind,
    name: textAt(json['name'], `${place}.name`),
    host: textAt(host, `${place}.address`),
    port: numberAt(port, `${place}.address`, 0),
    by: wordAt(json['by'], `${place}.by`, CAUSES),
    untilWall: numberAt(json['until'], `${place}.until`, 0),
    ignoresHellos: json['ignoresHellos'] === true,
    isListed: json['isListed'] === true,
  }
}
