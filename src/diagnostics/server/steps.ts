import type {Step} from './examination.ts'
import {listNames} from './look-around.ts'
import type {ServerSeen} from './seen.ts'
import {callStep, firstByteStep, latencyStep, runtimeSteps, stderrStep} from './steps-life.ts'
import {listStep} from './steps-lists.ts'
import {capabilitiesStep, configStep, handshakeStep, variablesStep} from './steps-open.ts'
import {toolSteps} from './steps-tools.ts'
import {waySteps} from './steps-way.ts'

/** All that is known of a server, step by step, in the order in which a call meets them. Pure. */
export function stepsOf(seen: ServerSeen): readonly Step[] {
  const [tools, ...others] = listNames.map(name => listStep(seen, name))
  return [
    configStep(seen),
    variablesStep(seen),
    ...waySteps(seen),
    handshakeStep(seen),
    firstByteStep(seen),
    capabilitiesStep(seen),
    tools ?? null,
    ...toolSteps(seen),
    ...others,
    latencyStep(seen),
    callStep(seen),
    stderrStep(seen),
    ...runtimeSteps(seen),
  ].filter(step => step !== null)
}
