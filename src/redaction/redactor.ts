/** Where in a value its secrets stand: paths as in a zod issue, `*` for any key or index. */
export type SecretMarks = readonly (readonly string[])[]

export interface RedactionReport {
  /** How often each rule replaced something. Never a value or its length. */
  readonly counts: Readonly<Record<string, number>>
}

/** The one way in which text or values leave the process without their secrets. */
export interface Redactor {
  /** Known secret values in free text become `‹secret:known›`. */
  text(text: string): string
  /** A copy in which marked places, and known values anywhere, are replaced. */
  value(value: unknown, marks?: SecretMarks): unknown
  report(): RedactionReport
}
