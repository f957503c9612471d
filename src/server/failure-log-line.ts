import type { LogLevel } from '../ports/index.ts'
import type { RequestFailure, RequestReader } from '../resp/index.ts'
import { PROTOCOL_SAMPLE_BYTES } from './limits.ts'

/** The log line for a client that broke the protocol (protocol.md 5.1 and 6.3). */
export function failureLogLine(
  failure: RequestFailure, client: string, reader: RequestReader,
): { readonly level: LogLevel, readonly text: string } {
  const sample = printable(reader.sample(PROTOCOL_SAMPLE_BYTES))
  switch (failure.kind) {
    case 'protocol-error':
      return {
        level: 'verbose',
        text: `Protocol error (${failure.tag}) from client: ${client}. Query buffer during protocol error: '${sample}'`,
      }
    case 'buffer-overflow':
      return {
        level: 'warning',
        text: `Closing client that reached max query buffer length: ${client} (qbuf initial bytes: "${sample}")`,
      }
  }
}

/** Escapes control characters in the bytes of clients, which must not reach the log. */
function printable(bytes: Buffer): string {
  return bytes.toString('latin1').replace(/[^ -~]/g, '.')
}
