import fc from 'fast-check'

/**
 * fast-check, as every property test imports it. The tests try the same cases in each run: one that fails by chance says
 * nothing about the change that it stops. New cases, as many times more as FUZZ says, are what `npm run fuzz` is for.
 */
const times = Number(process.env.FUZZ ?? 0)
fc.configureGlobal(times > 0 ? {numRuns: 100 * times, interruptAfterTimeLimit: 15_000} : {seed: 20_261_123})

export default fc
