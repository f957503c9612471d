/** One part of the path of a request, without percent-encoding; undefined when it is missing or malformed. */
export function pathPart(encoded: string | undefined): string | undefined {
  try {
    return encoded === undefined ? undefined : decodeURIComponent(encoded)
  } catch {
    return undefined
  }
}
