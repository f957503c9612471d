/**
 * The JSON of an explanation, made of the fields of SENTINEL EXPLAIN: HTTP makes them itself, and the tools read them
 * from the answer of a sentinel, so that both print the same document.
 */
import type { CodedText, ExplanationJson, FindingJson, NodeText, SeverityJson } from '../documents/index.ts'
import type { Field } from './field.ts'

/** `fields`: those of `explanationFields`. A field that is missing or is not a number is null or empty. */
export function explanationDocument(fields: Iterable<Field>): ExplanationJson {
  const all = new Map(fields)
  const text = (name: string): string => all.get(name) ?? ''
  const number = (name: string): number | null => numberOf(all.get(name))
  const failover = text('failover')
  return {
    name: text('name'),
    address: text('address'),
    master: text('master'),
    failover: failover === 'running' || failover === 'due' ? failover : 'no',
    findings: findingsOf(all),
    answer: text('answer'),
    reasons: numbered(all, 'reason').map(codedText),
    ifMasterDied: ifMasterDied(all),
    votes: {
      agree: number('sentinels-that-see-it-down'),
      quorum: number('quorum'),
      known: number('known-sentinels'),
      reachable: number('reachable-sentinels'),
      majority: number('majority'),
      needed: number('votes-needed'),
    },
    candidate: all.get('candidate') || null,
    nextAttemptMs: number('next-attempt-ms'),
    currentEpoch: epochOf(all.get('current-epoch')),
    paused: all.get('paused') ?? null,
    scheduled: all.get('scheduled') ?? null,
    lastFailover: all.get('last-failover') ?? null,
    replicas: numbered(all, 'replica').map(replicaText),
    problems: numbered(all, 'problem').map(codedText),
    forgotten: numbered(all, 'forgotten'),
    sentinels: numbered(all, 'sentinel').map(sentinelText),
  }
}

/**
 * The findings of the fields `finding-1`, `remedy-1`, `command-1`, `about-1` and those that follow. An older release
 * reports none.
 */
export function findingsOf(fields: ReadonlyMap<string, string>): readonly FindingJson[] {
  return numbered(fields, 'finding').flatMap((value, at) => {
    const [, severity, code, text] = /^(critical|warning|notice) ([a-z\d-]+): ([^]+)$/.exec(value) ?? []
    if (severity === undefined || code === undefined || text === undefined) return []
    const more = (name: string): string | null => fields.get(`${name}-${at + 1}`) ?? null
    return [{
      code, severity: severity as SeverityJson, text, remedy: more('remedy'), command: more('command'), about: more('about'),
    }]
  })
}

function ifMasterDied(fields: ReadonlyMap<string, string>): ExplanationJson['ifMasterDied'] {
  const text = fields.get('if-master-died')
  if (text === undefined) return null
  return { failover: text.startsWith('yes'), text, reasons: numbered(fields, 'if-master-died-reason').map(codedText) }
}

/** The values of the fields `<name>-1`, `<name>-2` and so on. */
function numbered(fields: ReadonlyMap<string, string>, name: string): string[] {
  const values: string[] = []
  for (let value = fields.get(`${name}-1`); value !== undefined; value = fields.get(`${name}-${values.length + 1}`)) {
    values.push(value)
  }
  return values
}

function codedText(value: string): CodedText {
  const [, code, text] = /^([a-z\d-]+): ([^]*)$/.exec(value) ?? []
  return { code: code ?? '', text: text ?? value }
}

/** `10.0.0.2:6379 would be promoted`: the name of a replica is its address. */
function replicaText(value: string): NodeText {
  const [address, text] = cut(value)
  return { address, id: null, text }
}

/** `0123abcd 10.0.0.3:26379 up`. */
function sentinelText(value: string): NodeText {
  const [id, rest] = cut(value)
  const [address, text] = cut(rest)
  return { address, id, text }
}

function cut(value: string): [first: string, rest: string] {
  const at = value.indexOf(' ')
  return at < 0 ? [value, ''] : [value.slice(0, at), value.slice(at + 1)]
}

/** Null: the field is missing or is no number. */
export function numberOf(text: string | undefined): number | null {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : null
}

/** As text where a number would not be exact. */
export function epochOf(text: string | undefined): number | string | null {
  const number = numberOf(text)
  return number === null || Number.isSafeInteger(number) ? number : text ?? null
}
