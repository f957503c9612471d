/** The page at `/`. */
import type { HttpAnswer } from '../answer.ts'

export function dashboardAnswer(): HttpAnswer {
  return { status: 200, type: 'text/html; charset=utf-8', body: '<!doctype html><title>ts-sentinel</title>' }
}
