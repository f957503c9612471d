/** The entry point of the scripts: notification and reconfiguration scripts as child processes. */
export { createScriptRunner, type ScriptRunnerOptions } from './script-runner.ts'
