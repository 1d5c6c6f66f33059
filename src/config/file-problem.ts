import {safeText} from '../shared/safe-text.ts'
import type {Problem} from './problem.ts'

/** A problem of the file as a whole. */
export function fileProblem(file: string, code: string, message: string, suggestion?: string, line = 1): Problem {
  return {
    severity: 'error',
    code,
    message: safeText(message, {max: 500}),
    file,
    line,
    column: 1,
    path: '',
    suggestion: suggestion === undefined ? null : safeText(suggestion, {max: 500}),
    frame: [],
    related: [],
  }
}
