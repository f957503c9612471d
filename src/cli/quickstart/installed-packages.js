/**
 * Compares what is installed with package-lock.json. Plain JavaScript: it runs before anything is installed or built.
 */

/**
 * Whether node_modules holds exactly what the lock file asks for.
 *
 * @typedef {{ readonly version?: string, readonly integrity?: string, readonly optional?: boolean }} LockedPackage
 * @param {Readonly<Record<string, LockedPackage>>} wanted `packages` of package-lock.json
 * @param {Readonly<Record<string, LockedPackage>>} installed `packages` of node_modules/.package-lock.json
 */
export function isInstalled(wanted, installed) {
  return Object.entries(wanted).every(([path, one]) => isPresent(path, one, installed[path]))
    && Object.keys(installed).every((path) => path in wanted)
}

/**
 * @param {string} path
 * @param {LockedPackage} wanted
 * @param {LockedPackage | undefined} found
 */
function isPresent(path, wanted, found) {
  // The entry without a path is the project itself; optional packages are for other systems, too.
  if (found === undefined) return path === '' || wanted.optional === true
  return found.version === wanted.version && found.integrity === wanted.integrity
}
