/** Texts of the C library for the system errors that a configuration file can meet. */
const TEXTS: ReadonlyMap<string, string> = new Map([
  ['EACCES', 'Permission denied'],
  ['EBUSY', 'Device or resource busy'],
  ['EDQUOT', 'Disk quota exceeded'],
  ['EEXIST', 'File exists'],
  ['EFBIG', 'File too large'],
  ['EINVAL', 'Invalid argument'],
  ['EIO', 'Input/output error'],
  ['EISDIR', 'Is a directory'],
  ['ELOOP', 'Too many levels of symbolic links'],
  ['EMFILE', 'Too many open files'],
  ['ENAMETOOLONG', 'File name too long'],
  ['ENFILE', 'Too many open files in system'],
  ['ENOENT', 'No such file or directory'],
  ['ENOMEM', 'Cannot allocate memory'],
  ['ENOSPC', 'No space left on device'],
  ['ENOTDIR', 'Not a directory'],
  ['ENXIO', 'No such device or address'],
  ['EPERM', 'Operation not permitted'],
  ['EROFS', 'Read-only file system'],
  ['ESTALE', 'Stale file handle'],
  ['ETXTBSY', 'Text file busy'],
  ['EXDEV', 'Invalid cross-device link'],
])

/** What the operating system says about a thrown error; the error's own words when it is none of its errors. */
export function systemErrorText(error: unknown): string {
  const code = systemErrorCode(error)
  const text = code === undefined ? undefined : TEXTS.get(code)
  return text ?? (error instanceof Error ? error.message : String(error))
}

/** What the operating system says against an attempt; undefined when it works. */
export function systemProblem(attempt: () => void): string | undefined {
  try {
    attempt()
    return undefined
  } catch (error) {
    return systemErrorText(error)
  }
}

/** Such as `ENOENT`. */
export function systemErrorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}
