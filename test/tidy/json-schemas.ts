/** Makes the JSON Schema files of conf/schema from the types of src/documents. */
import { join } from 'node:path'
import { createGenerator, type Schema } from 'ts-json-schema-generator'

import { PROJECT_ROOT } from './project-files.ts'

/** The type of the document that each file describes, by the name of the file. */
export const SCHEMA_TYPES = {
  'action.json': 'ActionDocument',
  'check.json': 'CheckDocument',
  'drill.json': 'DrillDocument',
  'error.json': 'ErrorJson',
  'event.json': 'EventJson',
  'explain.json': 'ExplainDocument',
  'failover-request.json': 'FailoverRequest',
  'failovers.json': 'HistoryDocument',
  'fleet.json': 'StatusDocument',
  'fleet-master.json': 'FleetMasterDocument',
  'forget.json': 'ForgetDocument',
  'forget-request.json': 'ForgetRequest',
  'livez.json': 'LivenessDocument',
  'master.json': 'MasterDocument',
  'masters.json': 'MastersDocument',
  'pause.json': 'PauseDocument',
  'pause-request.json': 'PauseRequest',
  'proxy.json': 'ProxyDocument',
  'readyz.json': 'ReadinessDocument',
  'resume.json': 'ResumeDocument',
  'resume-request.json': 'ResumeRequest',
  'schedule.json': 'ScheduleDocument',
  'switch.json': 'SwitchDocument',
  'switchover-request.json': 'SwitchoverRequest',
} as const satisfies Readonly<Record<string, string>>

const DIALECT = 'https://json-schema.org/draft/2020-12/schema'

/** The text of each file, by its name. It takes some seconds, because the types are compiled. */
export function schemaTexts(): ReadonlyMap<string, string> {
  const generator = createGenerator({
    path: join(PROJECT_ROOT, 'src/documents/index.ts'),
    tsconfig: join(PROJECT_ROOT, 'tsconfig.json'),
    topRef: false,
    // Fields may be added within a version.
    additionalProperties: true,
    skipTypeCheck: true,
  })
  const files = Object.entries(SCHEMA_TYPES)
  return new Map(files.map(([file, type]) => [file, schemaText(type, generator.createSchema(type))]))
}

/** The generator writes draft 7, which differs in these names alone as far as these types need it. */
function schemaText(type: string, { $schema: _draft7, definitions, ...document }: Schema): string {
  const parts = definitions === undefined ? {} : { $defs: definitions }
  // A request with a key that is not known is refused: it may be a mistyped one.
  const closed = type.endsWith('Request') ? { additionalProperties: false } : {}
  const schema = { $schema: DIALECT, title: type, ...document, ...closed, ...parts }
  return `${JSON.stringify(schema, null, 2).replaceAll('"#/definitions/', '"#/$defs/')}\n`
}
