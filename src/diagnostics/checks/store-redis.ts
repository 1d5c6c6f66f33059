import {type Check, fail, notSeen, pass, skip, warn} from '../check.ts'
import {formatHostPort} from '../host-port.ts'

const slowMs = 40

/** Redis answers, with the configured credentials. */
export const storeRedis: Check<['store.redis']> = {
  id: 'store.redis',
  category: 'stores',
  severity: 'fail',
  title: 'Redis answers',
  docs: 'redis-does-not-answer',
  after: ['config.valid'],
  needs: ({outline}) => [`store.redis:${outline?.redis ? formatHostPort(outline.redis) : ''}`],
  run([redis], {outline}) {
    if (!outline?.redis) return [skip('', 'no Redis is configured')]
    const address = formatHostPort(outline.redis)
    const remedy = `redis-cli -h ${outline.redis.host} -p ${outline.redis.port} ping; the runtime goes on by itself meanwhile`
    if (redis.state === 'absent' || redis.state === 'timeout')
      return [
        fail(
          address,
          `Redis does not answer: ${redis.state === 'timeout' ? 'it accepts connections and says nothing' : redis.why}`,
          {remedy},
        ),
      ]
    if (redis.state !== 'known') return [notSeen(redis, address)]
    const {answer, ms} = redis.value
    if (answer !== '+PONG')
      return [fail(address, `Redis does not answer a PING: ${answer.replace(/^-/, '')}`, {remedy})]
    if (ms > slowMs)
      return [
        warn(address, `Redis answers late: ${ms} ms`, {evidence: ['commands have 50 ms'], remedy: 'bring it nearer'}),
      ]
    return [pass(address, `Redis answers (${ms} ms)`)]
  },
}
