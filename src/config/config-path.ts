/**
 * The absolute path of the configuration file (config.md 1.4): a relative path is appended to the start-up directory,
 * and each leading `../` removes one component of that directory. Nothing else is normalised, because INFO and messages
 * show the path.
 */
export function absoluteConfigPath(path: string, workingDirectory: string): string {
  let rest = path.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, '')
  if (rest.startsWith('/')) return rest
  let directory = workingDirectory === '/' ? '' : workingDirectory
  while (rest.startsWith('../')) {
    directory = directory.slice(0, Math.max(0, directory.lastIndexOf('/')))
    rest = rest.slice(3)
  }
  return `${directory}/${rest}`
}
