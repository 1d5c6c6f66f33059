import {AppError} from '../shared/errors.ts'
import {exitCode} from '../shared/exit-code.ts'
import type {Check} from './check.ts'
import {catalogue} from './checks/catalogue.ts'
import {suiteChecks} from './suites/suite-checks.ts'

/** The doctor's own, and those that run only where they are named. */
export const allChecks: readonly Check[] = [...catalogue, ...suiteChecks]

/**
 * The checks with these ids, in the catalogue's order; the whole catalogue without ids. A part before the dot stands for all
 * checks of that area.
 * @throws AppError `CHECK_UNKNOWN`
 */
export function checksNamed(ids: readonly string[]): readonly Check[] {
  if (ids.length === 0) return catalogue
  const named = new Set(ids.flatMap(id => (isArea(id) ? inArea(id) : [checkNamed(id)])))
  return allChecks.filter(check => named.has(check))
}

/** @throws AppError `CHECK_UNKNOWN` for an id that is not in the catalogue */
export function checkNamed(id: string): Check {
  const check = allChecks.find(each => each.id === id)
  if (check !== undefined) return check
  throw new AppError('CHECK_UNKNOWN', `there is no check ${id}`, {
    fix: `The checks are: ${allChecks.map(each => each.id).join(', ')}.`,
    exitCode: exitCode.usage,
  })
}

function isArea(id: string): boolean {
  return !id.includes('.') && inArea(id).length > 0
}

function inArea(area: string): readonly Check[] {
  return catalogue.filter(({id}) => id.startsWith(`${area}.`))
}
