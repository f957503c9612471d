/** The tools that query a running sentinel. */
export { explainTool } from './explain-tool.ts'
export { historyTool } from './history-tool.ts'
export { statusTool } from './status-tool.ts'
