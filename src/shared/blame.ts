/** Whose fault a failed request was (design, mechanism 4). */
export const blameParties = ['client', 'proxy', 'transport', 'backend-process', 'backend-logic'] as const
export type BlameParty = (typeof blameParties)[number]
