import type {Launched} from './launch.ts'

export async function runConsoleOn(_launched: Launched): Promise<void> {}
