import { canonicalIp } from '../core/index.ts'

const OCTET = '(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])'
/** The usual form; recognised first, because large files hold thousands of addresses. */
const CANONICAL_IPV4 = new RegExp(`^${OCTET}(?:\\.${OCTET}){3}$`)

/**
 * The canonical text of an address in any spelling that the C library accepts (config.md 3.1.1): `127.1` is 127.0.0.1,
 * `010.0.0.1` is 8.0.0.1, IPv6 is compressed and in lower case. Undefined for names.
 */
export function numericAddress(text: string): string | undefined {
  if (CANONICAL_IPV4.test(text)) return text
  return text.includes(':') ? ipv6(text) : ipv4(text)
}

/** Decimal, octal (leading 0) or hexadecimal (leading 0x) parts; the last one fills all bytes that remain. */
function ipv4(text: string): string | undefined {
  const parts = text.split('.').map(addressPart)
  if (parts.length > 4) return undefined
  let address = 0
  for (const [index, part] of parts.entries()) {
    const isLast = index === parts.length - 1
    const width = isLast ? 4 - index : 1
    if (part === undefined || part >= 256 ** width) return undefined
    address += part * 256 ** (isLast ? 0 : 3 - index)
  }
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.')
}

function addressPart(part: string): number | undefined {
  if (/^0[xX][0-9a-fA-F]+$/.test(part)) return Number.parseInt(part.slice(2), 16)
  if (/^0[0-7]*$/.test(part)) return Number.parseInt(part, 8)
  return /^[1-9][0-9]*$/.test(part) ? Number.parseInt(part, 10) : undefined
}

/** A scope (`fe80::1%eth0`) is allowed where it has a meaning, and is dropped, as the original does. */
function ipv6(text: string): string | undefined {
  const [address = '', scope, ...rest] = text.split('%')
  if (rest.length > 0 || scope === '') return undefined
  const canonical = canonicalIp(address)
  if (scope !== undefined && !/^(?:fe[89ab]|ff.2)/.test(canonical ?? '')) return undefined
  return canonical
}
