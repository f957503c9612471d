/** The answer to `/`: the dashboard. */
import type { HttpAnswer } from '../answer.ts'
import { CONTENT_SECURITY_POLICY, PAGE } from './page.ts'

export function dashboardAnswer(): HttpAnswer {
  return {
    status: 200,
    type: 'text/html; charset=utf-8',
    body: PAGE,
    headers: { 'Content-Security-Policy': CONTENT_SECURITY_POLICY, 'Referrer-Policy': 'no-referrer' },
  }
}
