import { OPERATIONS, START_PARAMETERS } from './control-service.ts'
import type { JsonSchema, Parameters } from './parameters.ts'

const JSON_TYPE = 'application/json'

/** The description of the control interface over HTTP, as OpenAPI 3.1. */
export function openApiDocument(version: string): object {
  const ids = [{ name: 'deployment', in: 'path', required: true, schema: { type: 'string' }, description: 'its name' }]
  const operations = Object.entries(OPERATIONS).map(([name, { summary, parameters }]) => [
    `/deployments/{deployment}/${name}`, { parameters: ids, post: endpoint(name, summary, { body: parameters }) },
  ])
  return {
    openapi: '3.1.0',
    info: {
      title: 'ts-sentinel harness',
      version,
      description: 'Starts deployments of real Redis servers and sentinels, causes faults, and reports their effects. '
        + 'ts-sentinel harness serve and harness run serve it on the loopback interface.',
    },
    security: [{ token: [] }],
    paths: {
      '/openapi.json': { get: { ...endpoint('description', 'this document'), security: [] } },
      '/deployments': {
        get: endpoint('list', 'the names of the deployments'),
        post: endpoint('start-deployment', 'starts a deployment', { body: START_PARAMETERS }),
      },
      '/deployments/{deployment}': {
        parameters: ids,
        get: endpoint('deployment-state', 'addresses, roles and processes'),
        delete: endpoint('stop-deployment', 'stops the deployment and removes its folder'),
      },
      ...Object.fromEntries(operations) as Readonly<Record<string, object>>,
    },
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
      schemas: { Error: ERROR_SCHEMA },
    },
  }
}

const ERROR_SCHEMA = {
  type: 'object',
  required: ['error'],
  properties: {
    error: {
      type: 'object',
      required: ['what', 'where', 'whatToDo'],
      properties: {
        what: { type: 'string', description: 'what went wrong' },
        where: { type: 'string', description: 'the operation, argument or path' },
        whatToDo: { type: 'string', description: 'what the caller can do' },
        details: { description: 'figures that belong to the error, such as the report of a writer' },
      },
    },
  },
}

function endpoint(operationId: string, summary: string, { body }: { readonly body?: Parameters } = {}): object {
  return {
    operationId,
    summary,
    ...(body !== undefined && Object.keys(body).length > 0 && {
      requestBody: { required: isRequired(body), content: { [JSON_TYPE]: { schema: schemaOf(body) } } },
    }),
    responses: {
      200: { description: 'done', content: { [JSON_TYPE]: { schema: { type: 'object' } } } },
      default: { description: 'failed', content: { [JSON_TYPE]: { schema: { $ref: '#/components/schemas/Error' } } } },
    },
  }
}

function isRequired(parameters: Parameters): boolean {
  return Object.values(parameters).some(({ required }) => required)
}

function schemaOf(parameters: Parameters): JsonSchema {
  const entries = Object.entries(parameters)
  return {
    type: 'object',
    additionalProperties: false,
    required: entries.filter(([, { required }]) => required).map(([name]) => name),
    properties: Object.fromEntries(entries.map(([name, { schema }]) => [name, schema])),
  }
}
