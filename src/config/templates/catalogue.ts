import {basicTemplate} from './basic.ts'
import {enterpriseTemplate} from './enterprise.ts'
import {soloTemplate} from './solo.ts'
import {teamTemplate} from './team.ts'

/** What `config generate --template` prints. */
export const templates = {
  basic: basicTemplate,
  solo: soloTemplate,
  team: teamTemplate,
  enterprise: enterpriseTemplate,
} as const
