import {type Check, type CheckResult, fail, notSeen, pass, skip} from '../check.ts'
import type {Fact} from '../fact.ts'
import {aboutOf} from '../fact.ts'

/** The keys of every issuer of tokens can be had. */
export const authIssuers: Check<readonly 'auth.jwks'[]> = {
  id: 'auth.issuers',
  category: 'auth',
  severity: 'fail',
  title: 'the keys of every issuer can be fetched',
  docs: 'the-keys-of-an-issuer-cannot-be-had',
  after: ['config.valid'],
  needs: ({outline}) => (outline?.jwksUrls ?? []).map(url => `auth.jwks:${url}` as const),
  run(facts) {
    if (facts.length === 0) return [skip('', 'no issuer publishes its keys at a configured URL')]
    return facts.map(resultOf)
  },
}

function resultOf(jwks: Fact<'auth.jwks'>): CheckResult {
  const url = aboutOf(jwks.key)
  if (jwks.state === 'known' && jwks.value.keys > 0) return pass(url, `${url} has ${jwks.value.keys} keys`)
  if (jwks.state === 'timeout') return notSeen(jwks, url)
  const why = jwks.state === 'known' ? 'the set is empty' : jwks.why
  return fail(url, `the keys of an issuer cannot be had: ${why}`, {
    evidence: ['tokens are verified with the last good keys; without any, all are refused'],
    remedy: `curl -v ${url}`,
  })
}
