import { readFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import type { Deployment } from '../../../src/harness/deployment.ts'
import { ControlService, OPERATIONS } from '../../../src/harness/control/control-service.ts'
import { HttpControl, MAX_BODY_BYTES } from '../../../src/harness/control/http-control.ts'
import { serveJsonLines } from '../../../src/harness/control/json-lines.ts'
import { openApiDocument } from '../../../src/harness/control/open-api.ts'
import { Timeline } from '../../../src/harness/timeline.ts'

const ROOT = join(import.meta.dirname, '../../..')

interface Answer {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
}

/** A deployment without processes, which is enough for the ways to it. */
function emptyDeployment(): Deployment {
  return {
    nodes: [{ name: 'redis-0' }, { name: 'redis-1' }], sentinels: [{ name: 'sentinel-0' }], timeline: new Timeline(), network: undefined,
    stop: () => Promise.resolve(),
  } as unknown as Deployment
}

let service: ControlService
let http: HttpControl

beforeEach(async () => {
  service = new ControlService()
  service.add('one', emptyDeployment())
  http = await HttpControl.listen(service, '1.2.3')
})
afterEach(async () => {
  await http.close()
  await service.close()
})

async function call(method: string, path: string, body?: string, token = http.token): Promise<Answer> {
  const response = await fetch(`${http.url}${path}`, {
    method, headers: { authorization: `Bearer ${token}` }, ...(body !== undefined && { body }),
  })
  return { status: response.status, body: await response.json() as Answer['body'] }
}

describe('the control interface over HTTP', () => {
  it('refuses a request without the token, and describes itself without one', async () => {
    const refused = await call('GET', '/deployments', undefined, 'wrong')
    expect(refused).toEqual({ status: 401, body: { error: {
      what: 'the token is missing or wrong', where: 'GET /deployments', whatToDo: 'send the header Authorization: Bearer $HARNESS_TOKEN',
    } } })
    const description = await fetch(`${http.url}/openapi.json`)
    expect(await description.json()).toEqual(openApiDocument('1.2.3'))
  })

  it('lists, marks and reads the timeline', async () => {
    expect((await call('GET', '/deployments')).body).toEqual({ deployments: ['one'] })
    expect(await call('POST', '/deployments/one/mark', '{"text": "orders placed"}')).toMatchObject({ status: 200, body: { position: 0 } })
    const { body } = await call('POST', '/deployments/one/timeline', '{"after": 0}')
    expect(body).toMatchObject({ position: 1, dropped: 0, entries: [{ source: 'application', event: 'mark', text: 'orders placed' }] })
    expect((await call('POST', '/deployments/one/story', '{"times": true}')).body).toEqual({ story: '   0.0 s  application mark orders placed' })
  })

  it.each([
    ['POST', '/deployments/one/kill-mastr', '', 404, 'there is no operation "kill-mastr"', 'did you mean kill-master?'],
    ['POST', '/deployments/one/constructor', '', 404, 'there is no operation "constructor"', 'the operations are'],
    ['POST', '/deployments/two/state', '', 404, 'there is no deployment "two"', 'the deployments are one'],
    ['POST', '/deployments/one/kill', '', 400, 'kill needs the argument process', 'give a text'],
    ['POST', '/deployments/one/kill', '{"proces": "redis-0"}', 400, 'kill has no argument "proces"', 'did you mean process?'],
    ['POST', '/deployments/one/kill', '{"process": "redis-7"}', 404, 'no process is named "redis-7"', 'did you mean redis-0? the processes are redis-0, redis-1'],
    ['POST', '/deployments/one/delay', '{"left": "a", "right": "b", "delayMs": -1}', 400, 'delayMs is -1', 'give a number from 0'],
    ['POST', '/deployments/one/cut', '{"left": "redis-0", "right": "client"}', 409, 'no relays', 'network: "relayed"'],
    ['POST', '/deployments/one/resolver-fail', '{"name": "db"}', 409, 'no resolver', 'harness run --resolver'],
    ['POST', '/deployments/one/resolver-fail', '{"name": "db", "how": "never"}', 400, 'how is "never"', 'give ENOTFOUND, EAI_AGAIN or hang'],
    ['POST', '/deployments/one/writer-verify', '{"expectFailovers": {"least": 2, "most": 1}}', 400, 'expectFailovers is', 'least and most'],
    ['POST', '/deployments/one/mark', '{"text": ', 400, 'not JSON', 'send one JSON object'],
    ['POST', '/deployments/one/mark', '[]', 400, 'the arguments are an object', 'send a JSON object'],
    ['POST', '/deployments', '{"options": {"replica": 1}}', 400, 'the deployment has no "replica"', 'correct the named options'],
    ['POST', '/deployments', '{"deployment": "a/b"}', 400, '"a/b" is no name', 'use letters'],
    ['POST', '/deployments', '{"deployment": "one"}', 409, 'there is a deployment one already', 'give another name'],
    ['PUT', '/deployments', '', 405, 'the method PUT', 'use GET or POST'],
    ['GET', '/deployments/one/mark', undefined, 405, 'the method GET', 'use POST'],
    ['GET', '/nowhere', undefined, 404, 'there is no such path', '/openapi.json'],
    ['GET', '/deployments/%', undefined, 404, 'there is no such path', '/openapi.json'],
  ])('explains %s %s with %s', async (method, path, body, status, what, whatToDo) => {
    const answer = await call(method, path, body)
    const including = (words: string) => expect.stringContaining(words) as string
    const error = { what: including(what), whatToDo: including(whatToDo) }
    expect(answer).toMatchObject({ status, body: { error } })
  })

  it('passes the expectations on to the writer', async () => {
    const given: unknown[] = []
    const writer = {
      verify: (_server: unknown, expectations: unknown) => {
        given.push(expectations)
        return Promise.resolve({})
      },
    }
    const answers = { startWriter: () => Promise.resolve(writer), currentMaster: () => Promise.resolve({}) }
    service.add('two', { ...emptyDeployment(), ...answers } as unknown as Deployment)
    await call('POST', '/deployments/two/writer-start', '')
    const expectations = { requireRecovery: true, maxOutageMs: 1, maxLost: 2, expectFailovers: { least: 0, most: 1 } }
    expect(await call('POST', '/deployments/two/writer-verify', JSON.stringify(expectations))).toEqual({ status: 200, body: {} })
    expect(given).toEqual([expectations])
  })

  it('keeps the last requests that failed, with the reason', async () => {
    await call('POST', '/deployments/one/kill', '{"process": "redis-7"}')
    for (let count = 0; count < 10; count++) await call('POST', '/deployments/one/heal', '')
    expect(service.failures).toEqual(new Array(10).fill('heal: the deployment has no relays, which faults of the network need'))
  })

  it('refuses a body that is too large, announced or not', async () => {
    const body = `{"text": "${'x'.repeat(MAX_BODY_BYTES)}"}`
    expect((await call('POST', '/deployments/one/mark', body)).status).toBe(413)
    const status = await new Promise((resolve, reject) => {
      const sent = request(`${http.url}/deployments/one/mark`, {
        method: 'POST', headers: { 'authorization': `Bearer ${http.token}`, 'transfer-encoding': 'chunked' },
      }, (response) => { resolve(response.resume().statusCode) })
      sent.once('error', reject)
      sent.end(body)
    })
    expect(status).toBe(413)
  })

  it('ends a fault by the id that it was answered with', async () => {
    let ended = 0
    const fault = { [Symbol.asyncDispose]: () => {
      ended += 1
      return Promise.resolve()
    } }
    service.add('two', { ...emptyDeployment(), network: { cut: () => fault } } as unknown as Deployment)
    expect((await call('POST', '/deployments/two/cut', '{"left": "redis-0", "right": "client"}')).body).toEqual({ fault: 'fault-1' })
    expect(await call('POST', '/deployments/two/end-fault', '{"fault": "fault-2"}')).toMatchObject({
      status: 404, body: { error: { whatToDo: 'did you mean fault-1? the faults are fault-1' } },
    })
    expect(await call('POST', '/deployments/two/end-fault', '{"fault": "fault-1"}')).toEqual({ status: 200, body: {} })
    expect(ended).toBe(1)
  })
})

describe('the control interface over lines of JSON', () => {
  it('answers each line with its id, and goes on after one that is invalid', async () => {
    const input = new PassThrough()
    const lines: string[] = []
    const served = serveJsonLines(service, input, (line) => { lines.push(line) })
    input.write('{"id": 1, "operation": "list"}\n{"id": 2, "operation": "mark", "argu')
    input.write('ments": {"text": "half a line"}}\n\n{"id": 3}\n{"ids": 4}\nnonsense\n')
    input.write(`${'x'.repeat(MAX_BODY_BYTES + 1)}`)
    input.write(`${'x'.repeat(10)}\n`)
    input.end('{"id": 5, "operation": "timeline", "deployment": "two"}')
    await served
    const answers = lines.map((line) => JSON.parse(line) as { id: unknown, error?: { what: string } })
    expect(answers).toHaveLength(7)
    const byId = new Map(answers.filter(({ id }) => id !== null).map((answer) => [answer.id, answer]))
    expect(byId.get(1)).toEqual({ id: 1, result: { deployments: ['one'] } })
    expect(byId.get(2)).toMatchObject({ result: { position: 0 } })
    expect(byId.get(3)?.error?.what).toBe('operation is missing')
    expect(byId.get(5)?.error?.what).toBe('there is no deployment "two"')
    const others = answers.filter(({ id }) => id === null).map(({ error }) => error?.what ?? '')
    expect(others.map((what) => what.slice(0, 20)).sort()).toEqual(['a request has no "id', 'more than 1048576 by', 'not JSON: Unexpected'].sort())
  })
})

describe('the description', () => {
  it('is that of conf/harness-openapi.json (vitest -u writes it)', async () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { readonly version: string }
    await expect(`${JSON.stringify(openApiDocument(version), null, 1)}\n`).toMatchFileSnapshot(join(ROOT, 'conf/harness-openapi.json'))
  })

  it('leaves no operation out of docs/harness.md', () => {
    const text = readFileSync(join(ROOT, 'docs/harness.md'), 'utf8')
    expect(Object.keys(OPERATIONS).filter((name) => !text.includes(`\`${name}\``))).toEqual([])
  })

  it('has a path for each operation, with its arguments', () => {
    const { paths } = openApiDocument('1') as { readonly paths: Readonly<Record<string, object>> }
    for (const [name, { parameters }] of Object.entries(OPERATIONS)) {
      const path = JSON.stringify(paths[`/deployments/{deployment}/${name}`])
      for (const argument of Object.keys(parameters)) expect(path).toContain(`"${argument}":{`)
    }
  })
})
