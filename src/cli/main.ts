/** The entry point of the program. */
import { runCli } from './run-cli.ts'

// Uses `then`, because the built program is a CommonJS script, which has no top-level `await`.
void runCli(process.argv[1] ?? '', process.argv.slice(2)).then((status) => process.exit(status))
