/** Texts of the operating system, as the original logs them. */
const TEXTS: Readonly<Record<string, string>> = {
  EACCES: 'Permission denied',
  EADDRINUSE: 'Address already in use',
  EADDRNOTAVAIL: 'Cannot assign requested address',
  EAFNOSUPPORT: 'Address family not supported by protocol',
  EEXIST: 'File exists',
  EINVAL: 'Invalid argument',
  EISDIR: 'Is a directory',
  EMFILE: 'Too many open files',
  ENAMETOOLONG: 'File name too long',
  ENOENT: 'No such file or directory',
  ENOTDIR: 'Not a directory',
  EPERM: 'Operation not permitted',
  EPROTONOSUPPORT: 'Protocol not supported',
  EROFS: 'Read-only file system',
}

export function systemErrorText(failure: NodeJS.ErrnoException): string {
  return TEXTS[failure.code ?? ''] ?? failure.message
}
