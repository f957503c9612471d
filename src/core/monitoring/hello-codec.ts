/** The hello message: eight fields with our identity and our configuration of one master (protocol.md 4). */
import { HELLO_CHARS_MAX } from '../limits.ts'
import type { Hello } from '../state/hello.ts'
import type { Epoch } from '../state/ids.ts'

const EPOCH_MAX = 2n ** 63n - 1n

export function formatHello(hello: Hello): string {
  return `${hello.host},${hello.port},${hello.runId},${hello.currentEpoch},`
    + `${hello.masterName},${hello.masterHost},${hello.masterPort},${hello.configEpoch}`
}

/** Numbers are read leniently: leading digits, otherwise 0. Undefined when it is too long or has not eight fields. */
export function parseHello(payload: string): Hello | undefined {
  if (payload.length > HELLO_CHARS_MAX) return undefined
  const fields = payload.split(',')
  if (fields.length !== 8) return undefined
  const [host = '', port = '', runId = '', epoch = '', masterName = '', masterHost = '', masterPort = '', configEpoch = ''] = fields
  return {
    host,
    port: leadingNumber(port),
    runId,
    currentEpoch: leadingEpoch(epoch),
    masterName,
    masterHost,
    masterPort: leadingNumber(masterPort),
    configEpoch: leadingEpoch(configEpoch),
  }
}

function leadingNumber(text: string): number {
  const digits = /^\s*[+-]?\d+/.exec(text)
  return digits === null ? 0 : Math.min(Number(digits[0]), Number.MAX_SAFE_INTEGER)
}

/** Epochs that no sentinel can have reached are rejected: one of them would end all elections (behaviour.md Q17). */
function leadingEpoch(text: string): Epoch {
  const digits = /^\s*\+?(\d+)/.exec(text)?.[1]
  if (digits === undefined || digits.length > 19) return 0n
  const epoch = BigInt(digits)
  return epoch > EPOCH_MAX ? 0n : epoch
}
