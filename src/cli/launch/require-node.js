/**
 * Ends the process with a plain sentence when Node is too old. It is the first import of the executable, and npm
 * scripts run it before anything is installed or built: plain JavaScript that Node 12 reads.
 */
const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(`ts-sentinel needs Node.js 20.19 or newer; this is ${process.version} (${process.execPath}).\n`)
  process.exit(1)
}
