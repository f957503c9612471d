/** The program's entry. */
import { runCli } from './run-cli.ts'

// A promise of its own, not an `await` here: the built program is a script, which has none at its top.
void runCli(process.argv[1] ?? '', process.argv.slice(2)).then((status) => process.exit(status))
