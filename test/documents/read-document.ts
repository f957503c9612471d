/** Reads JSON documents of the product and holds them against conf/schema. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js'

import type {
  ActionDocument, CheckDocument, DrillDocument, ErrorJson, EventJson, ExplainDocument, FailoverRequest,
  FleetMasterDocument, ForgetDocument, ForgetRequest, HistoryDocument, LivenessDocument, MasterDocument,
  MastersDocument, PauseDocument, PauseRequest, ProxyDocument, ReadinessDocument, ResumeDocument, ResumeRequest,
  ScheduleDocument, StatusDocument, SwitchDocument, SwitchoverRequest,
} from '../../src/documents/index.ts'

interface Documents {
  readonly 'action': ActionDocument
  readonly 'check': CheckDocument
  readonly 'drill': DrillDocument
  readonly 'error': ErrorJson
  readonly 'event': EventJson
  readonly 'explain': ExplainDocument
  readonly 'failover-request': FailoverRequest
  readonly 'failovers': HistoryDocument
  readonly 'fleet': StatusDocument
  readonly 'fleet-master': FleetMasterDocument
  readonly 'forget': ForgetDocument
  readonly 'forget-request': ForgetRequest
  readonly 'livez': LivenessDocument
  readonly 'master': MasterDocument
  readonly 'masters': MastersDocument
  readonly 'pause': PauseDocument
  readonly 'pause-request': PauseRequest
  readonly 'proxy': ProxyDocument
  readonly 'readyz': ReadinessDocument
  readonly 'resume': ResumeDocument
  readonly 'resume-request': ResumeRequest
  readonly 'schedule': ScheduleDocument
  readonly 'switch': SwitchDocument
  readonly 'switchover-request': SwitchoverRequest
}

export type DocumentName = keyof Documents

export type DocumentNamed<Name extends DocumentName> = Documents[Name]

const FOLDER = join(import.meta.dirname, '../../conf/schema')

const checks = new Map<DocumentName, ValidateFunction>()

/** The document in this text. Throws where it does not fit its schema, or has a field that its schema lacks. */
export function readDocument<Name extends DocumentName>(name: Name, text: string): Documents[Name] {
  const document: unknown = JSON.parse(text)
  const check = checkOf(name)
  if (check(document)) return document as Documents[Name]
  const problems = (check.errors ?? []).map(({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`)
  throw new Error(`This is no document of conf/schema/${name}.json:\n${problems.join('\n')}\n${text}`)
}

function checkOf(name: DocumentName): ValidateFunction {
  const known = checks.get(name)
  if (known !== undefined) return known
  const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true, formats: { 'date-time': isTime } })
  const check = ajv.compile(withoutUnknownFields(JSON.parse(readFileSync(join(FOLDER, `${name}.json`), 'utf8'))) as object)
  checks.set(name, check)
  return check
}

function isTime(text: string): boolean {
  return !Number.isNaN(Date.parse(text)) && new Date(text).toISOString() === text
}

/**
 * The published schemas allow further fields, because later releases may have more. Here every field must be described.
 */
function withoutUnknownFields(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withoutUnknownFields)
  if (typeof schema !== 'object' || schema === null) return schema
  const inner = Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, withoutUnknownFields(value)]))
  return 'properties' in schema && 'type' in schema ? { ...inner, additionalProperties: false } : inner
}
