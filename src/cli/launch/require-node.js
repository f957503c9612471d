/**
 * Ends the process with a plain message when Node is too old. The executable imports it before the program, and npm
 * scripts run it before anything is installed or built. It is plain JavaScript that Node 12 can read.
 */
const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(`ts-sentinel needs Node.js 20.19 or newer; this is ${process.version} (${process.execPath}).\n`)
  process.exit(1)
}
