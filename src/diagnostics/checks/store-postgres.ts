import {type Check, fail, pass, skip, warn} from '../check.ts'
import {formatHostPort} from '../host-port.ts'

/** PostgreSQL lets us in and has the request log. */
export const storePostgres: Check<['store.postgres']> = {
  id: 'store.postgres',
  category: 'stores',
  severity: 'fail',
  title: 'PostgreSQL can be reached and has the request log',
  docs: 'postgresql-cannot-be-read',
  after: ['config.valid'],
  needs: () => ['store.postgres'],
  run([postgres], {outline}) {
    if (outline?.requestLog !== 'postgres') return [skip('', 'no request log in PostgreSQL is configured')]
    const address = outline.postgres ? formatHostPort(outline.postgres) : ''
    const remedy = 'psql with the URL of observability.request_log.postgres; rows wait in <state>/spool meanwhile'
    if (postgres.state !== 'known') {
      const why =
        postgres.state === 'timeout'
          ? 'it accepts connections and says nothing'
          : postgres.why.replace(/^(?:store\.postgres: )?(?:PostgreSQL cannot be read: )?/, '')
      return [fail(address, `PostgreSQL cannot be read: ${why}`, {remedy})]
    }
    if (!postgres.value.rows)
      return [warn(address, 'PostgreSQL has no table request_logs yet', {remedy: 'the runtime makes it when it may'})]
    return [pass(address, `PostgreSQL has the request log (${postgres.value.ms} ms)`)]
  },
}
