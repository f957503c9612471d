/** Requests that node:http accepts and this server refuses, because two programs could read them in different ways. */
import type { IncomingMessage } from 'node:http'

import { problem, type HttpAnswer } from '../answer.ts'
import { HEADER_BYTES_MAX, HEADERS_MAX } from '../limits.ts'

/** The refusal; undefined for a request that is answered. The connection ends after a refusal. */
export function refusal(request: IncomingMessage): HttpAnswer | undefined {
  const { httpVersionMajor: major, httpVersionMinor: minor, headersDistinct, rawHeaders } = request
  if (major < 1) return problem(400, 'The request is not HTTP/1.1: its first line has no version.')
  if (major > 1) return problem(505, 'Use HTTP/1.1.')
  const hosts = headersDistinct['host']?.length ?? 0
  if (hosts === 0 && minor > 0) return problem(400, 'The header Host is missing.')
  if (hosts > 1) return problem(400, 'The header Host occurs more than once.')
  return rawHeaders.length > 2 * HEADERS_MAX ? problem(431, `There are more than ${HEADERS_MAX} headers.`) : undefined
}

/** Whether bytes of a body may follow. No route reads a body, so the beginning of the next request would be unknown. */
export function hasBody({ complete, headers }: IncomingMessage): boolean {
  return !complete || headers['transfer-encoding'] !== undefined
}

/** The answer to a request that node:http cannot parse. */
export function parseProblem(error: Error & { readonly code?: string, readonly reason?: string }): HttpAnswer {
  if (error.code === 'HPE_HEADER_OVERFLOW') return problem(431, `The request line and its headers exceed ${HEADER_BYTES_MAX} bytes.`)
  return problem(400, `The request is not HTTP/1.1: ${error.reason ?? error.message}.`)
}
