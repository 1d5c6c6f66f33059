import {databaseCheck} from './database-check.ts'

/** What is kept of circuit breakers can be read. */
export const storeBreakers = databaseCheck({
  id: 'store.breakers',
  title: 'circuit_breakers.db is sound',
  docs: 'the-file-of-circuit-breakers-is-damaged',
  file: 'circuit_breakers.db',
  name: 'the file of circuit breakers',
})
